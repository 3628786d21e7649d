// Package oldconfig tests the gateway with the configuration of the service that
// it replaces, in front of the servers that such a configuration names.
package oldconfig

import (
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration"
	"github.com/glancegate/glancegate/integration/conformance"
	"github.com/glancegate/glancegate/integration/gateways"
	"github.com/glancegate/glancegate/integration/keystonetest"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/servers"
)

func TestMain(m *testing.M) {
	defer gateways.Clean()
	servers.Main(m)
}

// The files of an old service on MariaDB and Keystone, as deployment tools write
// them: the password of the database in the file itself, the other one in the
// folder beside it.
const (
	config = `[DEFAULT]
debug = False
bind_host = 127.0.0.1
bind_port = $PORT
workers = 4
log_file = $DIR/registry.log

[database]
connection = $DATABASE
max_pool_size = 10

[keystone_authtoken]
auth_uri = $KEYSTONE
auth_url = $KEYSTONE
memcached_servers = controller:11211
auth_type = password
user_domain_name = Default
project_domain_id = default
project_name = $PROJECT
username = $USER

[paste_deploy]
flavor = keystone
`
	secrets = `[keystone_authtoken]
password = "$PASSWORD"
`
	paste = `[pipeline:glance-registry-keystone]
pipeline = healthcheck osprofiler authtoken context registryapp

[app:registryapp]
paste.app_factory = glance.registry.api:API.factory

[filter:healthcheck]
paste.filter_factory = oslo_middleware:Healthcheck.factory
backends = disable_by_file
disable_by_file_path = /etc/glance/healthcheck_disable

[filter:context]
paste.filter_factory = glance.api.middleware.context:ContextMiddleware.factory

[filter:authtoken]
paste.filter_factory = keystonemiddleware.auth_token:filter_factory

[filter:osprofiler]
paste.filter_factory = osprofiler.web:WsgiMiddleware.factory
`
)

// write writes the files and returns the path of the configuration.
func write(t *testing.T, db *servers.Database, cloud *keystonetest.Cloud, port string) (path string) {
	t.Helper()
	service := cloud.User(t, "service")
	dir := t.TempDir()
	fill := func(text string) string {
		return os.Expand(text, func(name string) string {
			return map[string]string{
				"DIR": dir, "PORT": port, "DATABASE": strings.ReplaceAll(db.URL, "$", "$$"), "KEYSTONE": cloud.URL,
				"PROJECT": service.ProjectName, "USER": service.Name, "PASSWORD": strings.ReplaceAll(service.Password, "$", "$$"),
			}[name]
		})
	}
	path = filepath.Join(dir, "glance-registry.conf")
	for name, content := range map[string]string{
		path: fill(config),
		filepath.Join(dir, "glance-registry.conf.d", "90-secrets.conf"): fill(secrets),
		filepath.Join(dir, "glance-registry-paste.ini"):                 paste,
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// sampled is how many of the recorded cases are replayed: one in so many.
const sampled = 5

// Recorded requests get the recorded answers when a token says who sends them.
func TestConformanceWithTokens(t *testing.T) {
	servers.Require(t, servers.MySQL, servers.Keystone)
	cloud := keystonetest.New(t)
	tokens := makeTokens(t, cloud)
	db := servers.NewDatabase(t, servers.MySQL)
	all, err := conformance.Load(func(*conformance.Case) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	var cases []*conformance.Case
	mapped := 0
	for _, c := range all {
		if withTokens, ok := tokens.in(c); ok {
			if mapped++; mapped%sampled == 0 {
				cases = append(cases, withTokens)
			}
		}
	}
	if mapped < 2900 {
		t.Errorf("only %d of %d cases can be sent with tokens", mapped, len(all))
	}
	known, err := conformance.LoadDeviations()
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(kit.FreeAddress(t))
	integration.StartFile(t, "glance-registry", write(t, db, cloud, port))
	url := "http://127.0.0.1:" + port
	played := conformance.Run(t, conformance.Target{BaseURLs: []string{url}, DB: db}, cases, conformance.Options{Known: known})
	if played < 580 {
		t.Errorf("only %d cases were played", played)
	}
}

// identityFields are what tokens stand for.
var identityFields = []string{"X-Identity-Status", "X-User-Id", "X-Project-Id", "X-Roles"}

// tokens are tokens by the values of the identity fields.
type tokens map[string]string

// makeTokens makes the users of the recordings, with their ids. One has no
// project; it has a role there that counts for nothing.
func makeTokens(t *testing.T, cloud *keystonetest.Cloud) tokens {
	t.Helper()
	made := tokens{}
	for _, u := range []struct{ user, project, role string }{
		{"u-own", "t-own", "member"},
		{"u-other", "t-other", "member"},
		{"u-acc", "t-acc", "member"},
		{"u-pend", "t-pend", "member"},
		{"u-rej", "t-rej", "member"},
		{"u-admin", "t-admin", "admin"},
		{"u-no", "", "member"},
	} {
		user := cloud.User(t, u.role)
		if u.project == "" {
			user.SetIDs(t, u.user, user.Project)
			made[key("Confirmed", u.user, "", u.role)] = user.UnscopedToken(t)
			continue
		}
		user.SetIDs(t, u.user, u.project)
		made[key("Confirmed", u.user, u.project, u.role)] = user.Token(t)
	}
	return made
}

func key(values ...string) string { return fmt.Sprintf("%q", values) }

// in is a case whose requests have tokens in the place of the identity, if there
// is one for each.
func (k tokens) in(c *conformance.Case) (*conformance.Case, bool) {
	changed := *c
	changed.Steps = nil
	for _, step := range c.Steps {
		headers := maps.Clone(step.Request.Headers)
		values := make([]string, len(identityFields))
		for i, name := range identityFields {
			values[i] = headers[name]
			delete(headers, name)
		}
		token, ok := k[key(values...)]
		if !ok || hasOtherIdentity(headers) {
			return nil, false
		}
		headers["X-Auth-Token"] = token
		step.Request.Headers = headers
		changed.Steps = append(changed.Steps, step)
	}
	return &changed, true
}

// hasOtherIdentity reports whether a request says more about its sender, which
// the gateway would not look at.
func hasOtherIdentity(headers map[string]string) bool {
	for name := range headers {
		switch name {
		case "X-Tenant-Id", "X-Tenant", "X-User", "X-Role", "X-Service-Catalog":
			return true
		}
	}
	return false
}

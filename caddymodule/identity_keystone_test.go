package caddymodule

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/caddyserver/caddy/v2"

	"github.com/glancegate/glancegate/caddymodule/internal/keystones"
	"github.com/glancegate/glancegate/identity/keystone"
)

// answeringKeystone knows one token, "t0ken-good", of a member. What a real
// Keystone does is tested in integration/keystone.
func answeringKeystone(t *testing.T) *httptest.Server {
	const token = `{"token": {"expires_at": "2099-01-01T00:00:00.000000Z", "user": {"id": "u"}, "project": {"id": "p"}, "roles": [{"name": "member"}]}}`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		subject := r.Header.Get("X-Subject-Token")
		switch {
		case r.Method == http.MethodPost:
			w.Header().Set("X-Subject-Token", "t0ken-own")
			w.WriteHeader(http.StatusCreated)
			fmt.Fprint(w, token)
		case subject == "t0ken-good", subject == "t0ken-own":
			fmt.Fprint(w, token)
		default:
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprintf(w, `{"error": {"code": 404, "message": "Could not find token: %s"}}`, subject)
		}
	}))
	t.Cleanup(server.Close)
	return server
}

// keystoneSite has secrets in placeholders.
func keystoneSite(url string) string {
	return `http://$ADDR {
	glance_registry {
		database sqlite:///$DB
		demo
		identity keystone {
			auth_url ` + url + `
			username glance
			password {env.KEYSTONE_PASSWORD}
			project_name service
			http_request_max_retries 0
		}
	}
	metrics /metrics
	log
}
`
}

func TestKeystone(t *testing.T) {
	t.Setenv("KEYSTONE_PASSWORD", "s3cret-keystone")
	counts := map[keystone.Outcome]float64{}
	for outcome, counter := range keystones.Validations {
		counts[outcome] = valueOf(t, counter)
	}
	server := answeringKeystone(t)
	s := start(t, keystoneSite(server.URL))
	list := func(token string) int {
		t.Helper()
		res, _ := s.do("GET", "/images", "X-Auth-Token: "+token)
		return res.StatusCode
	}
	for n, want := range []int{200, 200, 401} {
		if got := list([]string{"t0ken-good", "t0ken-good", "t0ken-bad"}[n]); got != want {
			t.Errorf("%d: status %d, want %d", n, got, want)
		}
	}
	// A reload leaves what is known.
	s.load(keystoneSite(server.URL) + "# another configuration\n")
	if got := list("t0ken-good"); got != 200 {
		t.Errorf("after a reload: status %d", got)
	}
	health, status := healthReported(t)
	if status != http.StatusOK || len(health.Keystone) != 1 || !health.Keystone[0].Reachable || health.Keystone[0].LastSuccess == nil {
		t.Errorf("status %d, %+v", status, health)
	}

	server.Close()
	if got := list("t0ken-other"); got != 503 {
		t.Errorf("Keystone is gone: status %d", got)
	}
	health, status = healthReported(t)
	if status != http.StatusServiceUnavailable || len(health.Keystone) != 1 || health.Keystone[0].Reachable || health.Keystone[0].Error == "" ||
		health.Keystone[0].LastError == "" || health.Keystone[0].LastFailure == nil {
		t.Errorf("status %d, %+v", status, health)
	}
	for outcome, want := range map[keystone.Outcome]float64{keystone.Hit: 2, keystone.Valid: 1, keystone.Invalid: 1, keystone.Failed: 1} {
		if got := valueOf(t, keystones.Validations[outcome]) - counts[outcome]; got != want {
			t.Errorf("%s: %v validations, want %v", outcome, got, want)
		}
	}

	_, scrape := s.do("GET", "/metrics")
	for _, name := range []string{
		`glance_registry_keystone_validations_total{outcome="hit"}`, `glance_registry_keystone_validations_total{outcome="error"}`,
		`glance_registry_keystone_validation_duration_seconds_count`,
	} {
		if !strings.Contains(scrape, name) {
			t.Errorf("no %s", name)
		}
	}
	if strings.Contains(scrape, "t0ken") {
		t.Error("a token is in the metrics")
	}

	if lines := s.logLines("Keystone: validating a token", 1); len(lines) != 1 {
		t.Errorf("logged %v", lines)
	}
	for _, secret := range []string{"s3cret", "t0ken"} {
		if strings.Contains(s.logged(), secret) {
			t.Errorf("%s is in the log", secret)
		}
	}
}

// healthReported is what the admin API says.
func healthReported(t *testing.T) (report healthReport, status int) {
	t.Helper()
	w := httptest.NewRecorder()
	if err := new(adminAPI).health(w, httptest.NewRequest("GET", "/glance_registry/health", nil)); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"s3cret", "t0ken"} {
		if strings.Contains(w.Body.String(), secret) {
			t.Errorf("%s is in %s", secret, w.Body)
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &report); err != nil {
		t.Fatal(err)
	}
	return report, w.Code
}

// What Caddy saves of a configuration has no secrets that stand in placeholders.
func TestKeystoneSecretsAreNotSaved(t *testing.T) {
	t.Setenv("KEYSTONE_PASSWORD", "s3cret-keystone")
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	s := start(t, keystoneSite("http://127.0.0.1:1"))
	var config map[string]any
	if err := json.Unmarshal(s.config(keystoneSite("http://127.0.0.1:1")), &config); err != nil {
		t.Fatal(err)
	}
	delete(config["admin"].(map[string]any), "config") // which keeps Caddy from saving
	content, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	saved := caddy.ConfigAutosavePath
	caddy.ConfigAutosavePath = filepath.Join(t.TempDir(), "autosave.json")
	defer func() { caddy.ConfigAutosavePath = saved }()
	if err := caddy.Load(content, true); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(caddy.ConfigAutosavePath)
	if err != nil || !strings.Contains(string(text), "{env.KEYSTONE_PASSWORD}") || strings.Contains(string(text), "s3cret") {
		t.Errorf("saved %s, %v", text, err)
	}
}

// Sites with the same settings share what they know, and the last one ends it.
func TestKeystonesAreShared(t *testing.T) {
	t.Setenv("KEYSTONE_PASSWORD", "s3cret-keystone")
	site := keystoneSite("http://127.0.0.1:1")
	s := start(t, site)
	s.load(site)
	if got := keystones.InUse(); got != 1 {
		t.Errorf("%d are in use, want 1", got)
	}
	s.load(strings.Replace(site, "username glance", "username another", 1))
	if got := keystones.InUse(); got != 1 {
		t.Errorf("%d are in use, want 1", got)
	}
	if err := validate(t, withOptions("", strings.NewReplacer("$ADDR", "127.0.0.1:1", "username glance", "username third").Replace(site))); err != nil {
		t.Fatal(err)
	}
	if got := keystones.InUse(); got != 1 {
		t.Errorf("%d are in use after a validation, want 1", got)
	}
	if err := caddy.Stop(); err != nil {
		t.Fatal(err)
	}
	if got := keystones.InUse(); got != 0 {
		t.Errorf("%d are in use at the end", got)
	}
}

// refusingRedis keeps connections open, and answers every command with an error.
func refusingRedis(t *testing.T) (address string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				for buffer := make([]byte, 4096); ; {
					if _, err := conn.Read(buffer); err != nil {
						return
					}
					if _, err := conn.Write([]byte("-ERR no\r\n")); err != nil {
						return
					}
				}
			}()
		}
	}()
	return l.Addr().String()
}

// Nothing of a configuration that is gone goes on.
func TestKeystoneLeavesNothing(t *testing.T) {
	t.Setenv("KEYSTONE_PASSWORD", "s3cret-keystone")
	start(t, registryNode) // what Caddy starts once and for all
	if err := caddy.Stop(); err != nil {
		t.Fatal(err)
	}
	server := answeringKeystone(t)
	redis := refusingRedis(t)
	before := goleak.IgnoreCurrent()
	site := strings.Replace(keystoneSite(server.URL), "username", "redis redis://"+redis+"/0 {\nkey 0123456789abcdef\n}\nusername", 1)
	s := start(t, site)
	for n := range 10 {
		if res, body := s.do("GET", "/images", "X-Auth-Token: t0ken-good"); res.StatusCode != 200 {
			t.Errorf("status %d: %s", res.StatusCode, body)
		}
		s.load(strings.Replace(site, "project_name service", fmt.Sprint("project_name service-", n), 1))
	}
	if err := caddy.Stop(); err != nil {
		t.Fatal(err)
	}
	waitForDatabases(t, 0)
	waitForGoroutines(t, before)
}

func TestValidateKeystone(t *testing.T) {
	t.Setenv("SECRET", "s3cret")
	t.Setenv("EMPTY", "")
	const minimal = "auth_url http://192.0.2.1:5000\nusername glance\npassword {env.SECRET}\nproject_name service\n"
	for _, c := range []struct {
		name, options, others string
		want                  string // part of the error; empty: none
	}{
		{"minimal", minimal, "", ""},
		{"names of v2.0", "identity_uri http://192.0.2.1:35357\nadmin_user glance\nadmin_password {env.SECRET}\nadmin_tenant_name services", "", ""},
		{"redis", minimal + "redis redis://192.0.2.1/0 {\nkey 0123456789abcdef\n}", "", ""},
		{"public and hardened", minimal, "pass_through\nharden", ""},
		{"public with peers", minimal + "from 10.0.0.0/8", "pass_through", ""},

		{"nothing", "", "", "auth_url is missing"},
		{"no user", strings.Replace(minimal, "username glance\n", "", 1), "", "username is missing"},
		{"no password", strings.Replace(minimal, "password {env.SECRET}\n", "", 1), "", "password is missing"},
		{"an empty password", strings.Replace(minimal, "SECRET", "EMPTY", 1), "", "password: "},
		{"no project", strings.Replace(minimal, "project_name service\n", "", 1), "", "project_name is missing"},
		{"a bad address", strings.Replace(minimal, "http://", "", 1), "", "auth_url must be"},
		{"no such file", minimal + "cafile /does/not/exist.pem", "", "cafile: "},
		{"a bad network", minimal + "from 10.0.0.0/33", "", "from: "},
		{"certificates that nobody asks for", minimal + "client_certificate api", "", "client_auth"},
		{"another login", minimal + "auth_type v3kerberos", "", "auth_type: "},
		{"redis without a key", minimal + "redis redis://127.0.0.1/0", "", "redis: key is missing"},
		{"redis with a short key", minimal + "redis redis://127.0.0.1/0 {\nkey s3cret\n}", "", "redis: key has 6 characters"},
		{"redis nowhere", minimal + "redis http://x:s3cret@127.0.0.1 {\nkey 0123456789abcdef\n}", "", "redis: the URL has an unknown scheme"},
		{"public", minimal, "pass_through", "add `harden`"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			err := validate(t, withOptions("log {\noutput discard\n}\n",
				":9191 {\nglance_registry {\ndatabase sqlite:///x.sqlite\nidentity keystone {\n"+c.options+"\n}\n"+c.others+"\n}\n}"))
			switch {
			case c.want == "" && err != nil:
				t.Errorf("refused: %v", err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("got %v, want an error with %q", err, c.want)
			case err != nil && strings.Contains(err.Error(), "s3cret"):
				t.Errorf("the error has a secret: %v", err)
			}
			if n := keystones.InUse(); n != 0 {
				t.Errorf("%d validators are still in use", n)
			}
		})
	}
}

// A token that is too long to be asked about is a 401, and the log says why.
func TestTokenTooLong(t *testing.T) {
	t.Setenv("KEYSTONE_PASSWORD", "s3cret-keystone")
	server := answeringKeystone(t)
	s := start(t, "{\nservers {\nmax_header_size 64KiB\n}\n}\n"+keystoneSite(server.URL))
	for range 2 {
		if res, _ := s.do("GET", "/images", "X-Auth-Token: t0ken-good"+strings.Repeat("x", 8000)); res.StatusCode != http.StatusUnauthorized {
			t.Errorf("status %d", res.StatusCode)
		}
	}
	if lines := s.logLines("longer than 8000 bytes", 1); len(lines) != 1 || lines[0]["peer"] != "127.0.0.1" {
		t.Errorf("logged %v", lines)
	}
}

package commands

import (
	"bufio"
	"crypto/tls"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2"

	"github.com/glancegate/glancegate/integration/kit"
)

// startOld runs Caddy with a glance-registry.conf, in which $DIR is a folder with
// the database glance.sqlite, and $HOST and $PORT are a free address.
func startOld(t *testing.T, dir, conf string) (address string) {
	t.Helper()
	createSQLite(t, filepath.Join(dir, "glance.sqlite"), true)
	address = kit.FreeAddress(t)
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	conf = os.Expand(conf, func(name string) string {
		return map[string]string{"DIR": dir, "HOST": host, "PORT": port}[name]
	})
	content, _, err := adaptOld(t, oldConfig(t, conf))
	if err != nil {
		t.Fatal(err)
	}
	// The tests have no use for the admin API and saved configurations.
	var config map[string]any
	if err := json.Unmarshal(content, &config); err != nil {
		t.Fatal(err)
	}
	config["admin"] = map[string]any{"disabled": true, "config": map[string]any{"persist": false}}
	config["storage"] = map[string]any{"module": "file_system", "root": dir}
	if content, err = json.Marshal(config); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := caddy.Stop(); err != nil {
			t.Error(err)
		}
	})
	if err := caddy.Load(content, true); err != nil {
		t.Fatal(err)
	}
	return address
}

func status(t *testing.T, client *http.Client, url string, headers http.Header) *http.Response {
	t.Helper()
	r, err := http.NewRequest("GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header = headers
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	return res
}

// An old configuration without authentication serves as the old service did.
func TestAdapterServes(t *testing.T) {
	t.Setenv("GLANCE_REGISTRY_WITHOUT_FLAVOR", "everyone-is-admin")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "off"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	paste := filepath.Join(dir, "paste.ini")
	if err := os.WriteFile(paste, []byte(`[pipeline:glance-registry]
pipeline = healthcheck unauthenticated-context registryapp
[app:registryapp]
paste.app_factory = glance.registry.api:API.factory
[filter:unauthenticated-context]
paste.filter_factory = glance.api.middleware.context:UnauthenticatedContextMiddleware.factory
[filter:healthcheck]
paste.filter_factory = oslo_middleware:Healthcheck.factory
path = /hc
backends = disable_by_file
disable_by_file_path = %(here)s/off
`), 0o600); err != nil {
		t.Fatal(err)
	}
	address := startOld(t, dir, `[DEFAULT]
bind_host = $HOST
bind_port = $PORT
http_keepalive = false
log_file = $DIR/registry.log
enable_v2_registry = off
[database]
connection = sqlite:///$DIR/glance.sqlite
[paste_deploy]
config_file = $DIR/paste.ini
`)
	for path, want := range map[string]int{"/images": 200, "/hc": 503, "/healthcheck": 404, "/rpc": 404} {
		res := status(t, http.DefaultClient, "http://"+address+path, nil)
		if res.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, res.StatusCode, want)
		}
		if !res.Close {
			t.Errorf("%s: the connection stays open", path)
		}
	}
	for _, head := range []string{"GET /hc HTTP/1.1\r\n\r\n", "GET /hc HTTP/1.1\r\nHost:\r\n\r\n", "OPTIONS /hc HTTP/1.0\r\n\r\n"} {
		if answer := raw(t, address, head); !strings.HasPrefix(answer, "HTTP/1.") || strings.Contains(answer, " 400 ") {
			t.Errorf("%q: %q", head, answer)
		}
	}
	if log, err := os.ReadFile(filepath.Join(dir, "registry.log")); err != nil || len(log) == 0 {
		t.Errorf("the log: %v", err)
	}
}

// raw sends bytes, and returns the first line of the answer.
func raw(t *testing.T, address, request string) string {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Write([]byte(request)); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(c).ReadString('\n')
	if err != nil {
		t.Error(err)
	}
	return line
}

// With ca_file only holders of certificates get in, and say who is calling.
func TestAdapterServesMutualTLS(t *testing.T) {
	dir := t.TempDir()
	server, client := kit.SelfSigned(t, "registry.example.org"), kit.SelfSigned(t, "api")
	address := startOld(t, dir, `[DEFAULT]
bind_host = $HOST
bind_port = $PORT
cert_file = `+server.CertFile+`
key_file = `+server.KeyFile+`
ca_file = `+client.CertFile+`
log_file = $DIR/registry.log
[database]
connection = sqlite:///$DIR/glance.sqlite
[paste_deploy]
flavor = trusted-auth
`)
	with := func(certificates ...tls.Certificate) *http.Client {
		return &http.Client{Transport: &http.Transport{
			TLSClientConfig:   &tls.Config{InsecureSkipVerify: true, Certificates: certificates},
			DisableKeepAlives: true,
		}}
	}
	headers := http.Header{"X-Identity-Status": {"Confirmed"}, "X-Roles": {"admin"}}
	if res := status(t, with(client.Certificate), "https://"+address+"/images", headers); res.StatusCode != 200 {
		t.Errorf("with a certificate: %d", res.StatusCode)
	}
	if res := status(t, with(client.Certificate), "https://"+address+"/images", nil); res.StatusCode != 401 {
		t.Errorf("without an identity: %d", res.StatusCode)
	}
	if res, err := with().Get("https://" + address + "/images"); err == nil {
		t.Errorf("without a certificate: %d", res.StatusCode)
	}
	other := kit.SelfSigned(t, "api")
	if res, err := with(other.Certificate).Get("https://" + address + "/images"); err == nil {
		t.Errorf("with the certificate of another authority: %d", res.StatusCode)
	}
}

package caddymodule

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const registryNode = `http://$ADDR {
	glance_registry {
		database sqlite:///$DB
		demo
	}
}
`

func TestRegistryNode(t *testing.T) {
	s := start(t, registryNode)
	for _, c := range []struct {
		method, path string
		headers      []string
		status       int
		requestID    bool
	}{
		{"GET", "/images", asAdmin, 200, true},
		{"GET", "/", asAdmin, 200, true},
		{"OPTIONS", "/", asAdmin, 200, true},
		{"GET", "/images/nothing-of-this-name", asAdmin, 404, true},
		{"GET", "/images/x/members/y", asAdmin, 405, true},
		{"GET", "/v1/images", asAdmin, 404, true},
		{"GET", "/images/", asAdmin, 404, true},
		{"POST", "/rpc", asAdmin, 404, true},
		{"FOO", "/nothing", asAdmin, 501, true},
		{"GET", "/images", nil, 401, false},
		{"GET", "/nothing", nil, 401, false},
		{"GET", "/images", append(asMember, "X-Forwarded-For: 192.0.2.1"), 403, false},
		{"GET", "/images", append(asAdmin, "X-Openstack-Request-Id: "+strings.Repeat("x", 65)), 431, false},
	} {
		res, body := s.do(c.method, c.path, c.headers...)
		if res.StatusCode != c.status {
			t.Errorf("%s %s: status %d, want %d: %s", c.method, c.path, res.StatusCode, c.status, body)
		}
		if got := res.Header.Get("X-Openstack-Request-Id"); (got != "") != c.requestID {
			t.Errorf("%s %s: request id %q", c.method, c.path, got)
		}
		if server := res.Header.Get("Server"); server != "" {
			t.Errorf("%s %s: Server: %s", c.method, c.path, server)
		}
		if res.ContentLength < 0 {
			t.Errorf("%s %s: no Content-Length", c.method, c.path)
		}
	}
}

func TestRequestIDIsEchoed(t *testing.T) {
	s := start(t, registryNode)
	res, _ := s.do("GET", "/images", append(asAdmin, "X-Openstack-Request-Id: abc")...)
	if got := res.Header.Get("X-Openstack-Request-Id"); got != "req-abc" {
		t.Errorf("got %q", got)
	}
}

func TestV1Off(t *testing.T) {
	s := start(t, strings.Replace(registryNode, "demo", "demo\nv1 off", 1))
	for path, status := range map[string]int{"/images": 404, "/": 404, "/healthcheck": 200} {
		if res, _ := s.do("GET", path, asAdmin...); res.StatusCode != status {
			t.Errorf("%s: status %d, want %d", path, res.StatusCode, status)
		}
	}
}

func TestReadOnly(t *testing.T) {
	s := start(t, strings.Replace(registryNode, "$DB", "$DB {\nread_only\n}", 1))
	r := s.request("POST", "/images", strings.NewReader(`{"image": {"name": "x", "status": "queued"}}`), asAdmin...)
	if res, body := s.send(r); res.StatusCode != 403 || !strings.Contains(body, "read_only") {
		t.Errorf("status %d: %s", res.StatusCode, body)
	}
}

func TestIdentityNone(t *testing.T) {
	s := start(t, `http://$ADDR {
	bind 127.0.0.1
	glance_registry {
		database sqlite:///$DB
		demo
		identity none
	}
}
`)
	if res, _ := s.do("GET", "/images"); res.StatusCode != 200 {
		t.Errorf("status %d", res.StatusCode)
	}
}

func TestHealthcheck(t *testing.T) {
	const (
		jsonOK       = "{\n    \"detailed\": false,\n    \"reasons\": [\n        \"OK\"\n    ]\n}"
		jsonDisabled = "{\n    \"detailed\": false,\n    \"reasons\": [\n        \"DISABLED BY FILE\"\n    ]\n}"
	)
	file := filepath.Join(t.TempDir(), "healthcheck_disable")
	t.Setenv("HEALTHCHECK_FILE", file)
	s := start(t, strings.Replace(registryNode, "demo", "demo\nhealthcheck_file {env.HEALTHCHECK_FILE}", 1))

	check := func(method, accept string, status int, contentType, want string) {
		t.Helper()
		var headers []string
		if accept != "" {
			headers = append(headers, "Accept: "+accept)
		}
		res, body := s.do(method, "/healthcheck", headers...)
		if res.StatusCode != status || res.Header.Get("Content-Type") != contentType {
			t.Errorf("%s %s: %d %s", method, accept, res.StatusCode, res.Header.Get("Content-Type"))
		}
		if body != want && !(contentType == healthHTML && strings.Contains(body, want)) {
			t.Errorf("%s %s: body %q, want %q", method, accept, body, want)
		}
		if res.Header.Get("X-Openstack-Request-Id") != "" {
			t.Errorf("%s %s: a request id", method, accept)
		}
	}
	check("HEAD", "", 204, "", "")
	check("GET", "", 200, healthPlain, "OK")
	check("PUT", "*/*", 200, healthPlain, "OK")
	check("GET", "application/json", 200, healthJSON, jsonOK)
	check("GET", "text/html", 200, healthHTML, "OK")

	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	check("HEAD", "application/json", 503, healthPlain, "")
	check("FOO", "", 503, healthPlain, "DISABLED BY FILE")
	check("GET", "application/json", 503, healthJSON, jsonDisabled)
	check("GET", "text/html", 503, healthHTML, "DISABLED BY FILE")

	if res, _ := s.do("GET", "/healthcheck/"); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("with a slash: status %d", res.StatusCode)
	}
}

func TestHealthcheckAccept(t *testing.T) {
	for accept, want := range map[string]string{
		"":                                  healthPlain,
		"*/*":                               healthPlain,
		"image/png":                         healthPlain,
		"text/*":                            healthPlain,
		"application/*":                     healthJSON,
		"text/html, */*":                    healthHTML,
		"application/json, text/html":       healthHTML,
		"text/html;q=0.5, application/json": healthJSON,
		"text/plain;q=0, text/html;q=0.1":   healthHTML,
		"application/json;q=0":              healthPlain,
		"text/html;q=0.9,*/*;q=0.8":         healthHTML,
		"nonsense":                          healthPlain,
	} {
		if got := bestHealthType([]string{accept}); got != want {
			t.Errorf("%q: got %s, want %s", accept, got, want)
		}
	}
}

package caddymodule

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

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

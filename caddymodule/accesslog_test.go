package caddymodule

import (
	"strings"
	"testing"
)

// loggingSite has a PostgreSQL database that can't be reached for requests with
// X-Down.
const loggingSite = `{
	metrics
}
http://$ADDR {
	log
	metrics /metrics
	@down header X-Down *
	glance_registry @down {
		database postgresql://glance:{env.GLANCE_PASSWORD}@127.0.0.1:1/glance
	}
	glance_registry {
		database sqlite:///$DB
		demo
		identity trusted {
			from 127.0.0.1
		}
	}
	log_append by_placeholder {http.glance_registry.route}
}
`

func TestAccessLog(t *testing.T) {
	t.Setenv("GLANCE_PASSWORD", "s3cret-database")
	s := start(t, loggingSite)
	s.do("GET", "/images/detail", append(asMember, "X-Openstack-Request-Id: req-mine")...)
	s.logLines("handled request", 1) // or the second may come first
	s.do("GET", "/healthcheck")
	lines := s.logLines("handled request", 2)
	if len(lines) != 2 {
		t.Fatalf("%d lines", len(lines))
	}
	for name, want := range map[string]any{"glance_route": "images.detail", "by_placeholder": "images.detail", "glance_request_id": "req-mine", "glance_project": "p-member"} {
		if got := lines[0][name]; got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
	if lines[1]["glance_route"] != "healthcheck" || lines[1]["glance_request_id"] != nil {
		t.Errorf("got %v", lines[1])
	}
}

func TestNoSecretIsLogged(t *testing.T) {
	t.Setenv("GLANCE_PASSWORD", "s3cret-database")
	s := start(t, loggingSite)
	tokens := append(asAdmin, "X-Auth-Token: s3cret-token", "X-Service-Token: s3cret-service", "X-Storage-Token: s3cret-storage",
		`X-Service-Catalog: [{"endpoints": "s3cret-catalog"}]`, "Authorization: Basic s3cret", "Cookie: s3cret")
	s.do("GET", "/images", tokens...)
	s.send(s.request("POST", "/images", strings.NewReader(`{"image": {"name": "x", "status": "active", "disk_format": "raw",
		"location": "swift+https://account:s3cret-location@auth.example.com/v1/x"}}`), tokens...))
	if res, body := s.do("GET", "/images", append(tokens, "X-Down: 1")...); res.StatusCode != 503 || strings.Contains(body, "s3cret") {
		t.Errorf("database down: %d %s", res.StatusCode, body)
	}
	s.do("GET", "/images", append(tokens, "X-Forwarded-For: 192.0.2.1", "X-Down: 1")...)

	if lines := s.logLines("request failed", 1); len(lines) != 1 {
		t.Errorf("%d lines on the database that is down", len(lines))
	}
	if lines := s.logLines("refused a peer", 1); len(lines) != 1 {
		t.Errorf("%d lines on the refused peer", len(lines))
	}
	s.logLines("handled request", 4)
	for _, line := range s.linesWith("s3cret") {
		t.Errorf("logged: %v", line)
	}
}

package caddymodule

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/caddykit"
	"github.com/glancegate/glancegate/integration/kit"
)

// A log without a format has no tokens either, and one line for each request. The
// handlers see the tokens.
func TestPlainLogHasNoTokens(t *testing.T) {
	t.Setenv("GLANCE_PASSWORD", "s3cret-database")
	s := start(t, loggingSite)
	site := strings.Replace(loggingSite, "\tlog_append", "\t@token header X-Auth-Token *\n\tlog_append @token token_is_there yes\n\tlog_append", 1)
	plain := withOptions("storage file_system "+t.TempDir()+"\nlog {\noutput file "+s.log+"\nlevel DEBUG\n}\n", site)
	s.replace(caddykit.Adapt(t, strings.NewReplacer("$ADDR", s.addr, "$DB", s.db).Replace(plain)))
	tokens := append(asMember, "X-Auth-Token: s3cret-token", "X-Service-Token: s3cret-service", "X-Storage-Token: s3cret-storage",
		`X-Service-Catalog: [{"endpoints": "s3cret-catalog"}]`)
	for _, path := range []string{"/images", "/healthcheck", "/images/detail"} {
		s.do("GET", path, tokens...)
	}
	s.do("GET", "/images", append(tokens, "X-Down: 1")...)
	lines := s.logLines("handled request", 4)
	if len(lines) != 4 {
		t.Errorf("%d lines", len(lines))
	}
	for _, line := range lines {
		headers, _ := line["request"].(map[string]any)["headers"].(map[string]any)
		if headers["X-Roles"] == nil || line["glance_route"] == nil || line["token_is_there"] != "yes" {
			t.Errorf("a field is missing in %v", line)
		}
	}
	if strings.Contains(s.logged(), "s3cret") {
		t.Errorf("a token is in the log:\n%s", s.logged())
	}
}

// Caddy logs what fails also where the site has no log.
func TestErrorsHaveNoTokens(t *testing.T) {
	s := start(t, registryNode)
	s.replace(caddykit.Adapt(t, strings.NewReplacer("$ADDR", s.addr, "$LOG", s.log).Replace(`{
	admin off
	persist_config off
	log {
		output file $LOG
	}
}
http://$ADDR {
	glance_registry {
		database sqlite:////nowhere/glance.sqlite
		identity trusted
		harden
		pass_through
	}
	reverse_proxy 127.0.0.1:1
}`)))
	res, _ := s.do("GET", "/v2/images", append(asMember, "X-Auth-Token: s3cret-token", "X-Image-Meta-Location: https://u:s3cret@example.org/")...)
	if res.StatusCode != http.StatusBadGateway {
		t.Error(res.Status)
	}
	kit.Wait(t, "the error is logged", func() bool { return strings.Contains(s.logged(), "http.log.error") })
	if strings.Contains(s.logged(), "s3cret") {
		t.Errorf("a secret is in the log:\n%s", s.logged())
	}
}

// What is meant for no site of a server is an error, and no success with an empty
// body.
func TestOtherHosts(t *testing.T) {
	named := strings.Replace(registryNode, "http://$ADDR", "http://registry.example.org$PORT, http://$ADDR", 1)
	s := start(t, named)
	for host, want := range map[string]int{
		"": http.StatusOK, "registry.example.org": http.StatusOK, "other.example.org": http.StatusMisdirectedRequest, "10.20.0.5": http.StatusMisdirectedRequest,
	} {
		r := s.request("GET", "/images", nil, asAdmin...)
		if host != "" {
			r.Host = host
		}
		res, body := s.send(r)
		if res.StatusCode != want || want != http.StatusOK && !strings.Contains(body, "No site of this gateway has the host name "+host) {
			t.Errorf("%s: %d %s", host, res.StatusCode, body)
		}
	}
	if lines := s.logLines("answered with 421", 1); len(lines) != 1 {
		t.Errorf("warned %d times", len(lines))
	}
	for name, sites := range map[string]string{
		"another site behind it": named + "http://b.example.org$PORT {\nrespond b\n}\n",
		"another site before it": "http://a.example.org$PORT {\nrespond a\n}\n" + named,
	} {
		s.load(sites)
		r := s.request("GET", "/images", nil, asAdmin...)
		r.Host = "other.example.org"
		if res, body := s.send(r); res.StatusCode != http.StatusMisdirectedRequest {
			t.Errorf("%s: %d %s", name, res.StatusCode, body)
		}
		for _, host := range []string{"a.example.org", "b.example.org"} {
			if letter := host[:1]; strings.Contains(sites, host) {
				r.Host = host
				if res, body := s.send(r); res.StatusCode != http.StatusOK || body != letter {
					t.Errorf("%s: %s: %d %s", name, host, res.StatusCode, body)
				}
			}
		}
	}
	s.load(strings.Replace(registryNode, "http://$ADDR", "http://$PORT", 1) + "http://a.example.org$PORT {\nrespond a\n}\n")
	r := s.request("GET", "/images", nil, asAdmin...)
	r.Host = "other.example.org"
	if res, body := s.send(r); res.StatusCode != http.StatusOK {
		t.Errorf("a site without a name: %d %s", res.StatusCode, body)
	}
	if content, err := os.ReadFile(s.log); err != nil || strings.Count(string(content), "answered with 421") != 3 {
		t.Errorf("a site without a name is warned about: %v", err)
	}
}

package caddymodule

import (
	"context"
	"net"
	"net/http"
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
		{"POST", "/rpc", asAdmin, 400, true},
		{"GET", "/rpc", asAdmin, 404, true},
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
	for _, field := range []string{"Origin", "Via", "X-Real-IP", "X-Forwarded-Host", "X-Forwarded-Proto"} {
		if res, body := s.do("GET", "/images", field+": x"); res.StatusCode != 403 || !strings.Contains(body, "identity none") {
			t.Errorf("%s: status %d: %s", field, res.StatusCode, body)
		}
	}
}

// A site without a name of its own is called by any; those of attackers that
// lead here are none. The names of sites are right.
func TestIdentityNoneByName(t *testing.T) {
	s := start(t, `{
	default_bind 127.0.0.1
	glance_registry {
		database sqlite:///$DB
		demo
		identity none
	}
}

http://registry.internal$PORT {
	glance_registry
}

http://$PORT {
	glance_registry
}
`)
	for host, want := range map[string]int{"registry.internal": 200, "localhost": 200, "attacker.example": 403} {
		r := s.request("GET", "/images", nil)
		r.Host = host
		if res, body := s.send(r); res.StatusCode != want {
			t.Errorf("%s: status %d: %s", host, res.StatusCode, body)
		}
	}
}

func TestUnixSocket(t *testing.T) {
	s := start(t, `http://$ADDR {
	bind unix/$DB.sock
	glance_registry {
		database sqlite:///$DB
		demo
		identity trusted {
			from unix
		}
	}
}
`)
	client := &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", s.db+".sock")
		},
	}}
	res, err := client.Do(s.request("GET", "/images", nil, asAdmin...))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != 200 {
		t.Errorf("status %d", res.StatusCode)
	}
}

package publicreads

import (
	"net/http"
	"strings"
	"testing"
)

// passes sends what only glance-api can answer, after the usual form of it was kept.
func (c *cloud) passes(t *testing.T) {
	owner, stranger := c.Keystone.User(t, "member"), c.Keystone.User(t, "member")
	token := owner.Token(t)
	id := c.create(token, map[string]any{"name": "secret"})
	path := "/v2/images/" + id
	c.hit(token, path)
	c.hit(owner.Token(t), path) // another token of the same identity

	service := c.Keystone.User(t, "service").Token(t)
	revoked := owner.Token(t)
	c.Keystone.Revoke(t, revoked)
	for _, r := range []struct {
		what, method, path, token string
		fields                    []string
	}{
		{"no token", "GET", path, "", nil},
		{"a made-up token", "GET", path, "gAAAAABmade-up", nil},
		{"a revoked token", "GET", path, revoked, nil},
		{"no scope", "GET", path, owner.UnscopedToken(t), nil},
		{"a stranger", "GET", path, stranger.Token(t), nil},
		{"an unfit service token", "GET", path, token, []string{"X-Service-Token: " + stranger.Token(t)}},
		{"a made-up service token", "GET", path, token, []string{"X-Service-Token: gAAAAABmade-up"}},
		{"an empty service token", "GET", path, token, []string{"X-Service-Token: "}},
		{"a service token for the first time", "GET", path, token, []string{"X-Service-Token: " + service}},
		{"a second token", "GET", path, token, []string{"X-Auth-Token: " + token}},
		{"a storage token", "GET", path, token, []string{"X-Storage-Token: " + token}},
		{"an origin", "GET", path, token, []string{"Origin: http://horizon.example.com"}},
		{"a trace", "GET", path, token, []string{"X-Trace-Info: a", "X-Trace-Hmac: b"}},
		{"a long request id", "GET", path, token, []string{"X-Openstack-Request-Id: " + strings.Repeat("x", 65)}},
		{"a version in Accept", "GET", path, token, []string{"Accept: application/vnd.openstack.images-v2.3"}},
		{"a slash at the end", "GET", path + "/", token, nil},
		{"capitals", "GET", strings.ToUpper(path[:10]) + path[10:], token, nil},
		{"an id with capitals", "GET", "/v2/images/" + strings.ToUpper(id), token, nil},
		{"a percent sign", "GET", "/v2/images/%" + hexOf(id[0]) + id[1:], token, nil},
		{"a method in the query", "GET", path + "?_method=HEAD", token, nil},
		{"HEAD", "HEAD", path, token, nil},
		{"another version", "GET", strings.Replace(path, "/v2/", "/v2.5/", 1), token, nil},
		{"data", "GET", path + "/file", token, nil},
		{"tasks", "GET", path + "/tasks", token, nil},
		{"no such image", "GET", "/v2/images/c0ffee00-0000-4000-8000-ffffffffffff", token, nil},
		{"a list of tasks", "GET", "/v2/tasks", token, nil},
		{"an impossible list", "GET", "/v2/images?limit=x", token, nil},
	} {
		want := c.send(c.glance, r.method, r.path, r.token, "", nil, r.fields...)
		for range 2 {
			asked := c.front.count()
			got := c.send(c.gateway, r.method, r.path, r.token, "", nil, r.fields...)
			if got.outcome() == "hit" && !strings.HasSuffix(r.what, "first time") || c.front.count() == asked && got.outcome() != "hit" {
				t.Errorf("%s: %q", r.what, got.outcome())
			}
			if !same(got, want) {
				t.Errorf("%s: %d %s\nwant %d %s", r.what, got.status, got.body, want.status, want.body)
			}
		}
	}
	c.body(t, path, token)
	c.hit(token, path)
}

// body sends a read with a body, which glance-api refuses.
func (c *cloud) body(t *testing.T, path, token string) {
	t.Helper()
	if a := c.send(c.gateway, http.MethodGet, path, token, asJSON, "{}"); a.outcome() == "hit" || a.status != http.StatusBadRequest {
		t.Errorf("a body: %d %q", a.status, a.outcome())
	}
}

func hexOf(c byte) string { return string("0123456789abcdef"[c>>4]) + string("0123456789abcdef"[c&15]) }

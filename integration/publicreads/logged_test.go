package publicreads

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/kit"
)

// logged compares the access log and the debug header with what became of requests: each
// value that docs/public-reads.md names, and none for requests that are no public reads.
func (c *cloud) logged(t *testing.T, access string) {
	token := c.Keystone.User(t, "member").Token(t)
	id := c.create(token, map[string]any{"name": "logged"})
	path := "/v2/images/" + id
	c.hit(token, path+"?query=warm") // Keystone and the database are connected
	for n, r := range []struct {
		what, method, path, token, want string
	}{
		{"the first read", "GET", path, token, "miss"},
		{"a read that cannot be judged", "GET", path, "made-up", "bypass"},
		{"a list that is never kept", "GET", "/v2/images?changes-since=2020-01-01", token, "bypass"},
		{"a read that is no public one", "GET", path + "/file", token, ""},
		{"a write", "PUT", path + "/tags/a", token, ""},
	} {
		mark := "logged-" + string(rune('a'+n))
		a := c.send(c.gateway, r.method, r.path, r.token, "", nil, "X-Openstack-Request-Id: "+mark)
		c.logs(t, access, r.what, mark, a, r.want)
	}
	c.hit(token, path)
	a := c.get(c.gateway, token, path, "X-Openstack-Request-Id: logged-hit")
	c.logs(t, access, "a read again", "logged-hit", a, "hit")
}

// logs looks for the line of a request, which its request id marks.
func (c *cloud) logs(t *testing.T, access, what, mark string, a answer, want string) {
	t.Helper()
	if a.outcome() != want {
		t.Errorf("%s: the debug header is %q, want %q", what, a.outcome(), want)
	}
	var line map[string]any
	kit.Wait(t, what+" is logged", func() bool {
		text, err := os.ReadFile(access)
		if err != nil {
			return false
		}
		for l := range strings.Lines(string(text)) {
			if strings.Contains(l, `"`+mark+`"`) && json.Unmarshal([]byte(l), &line) == nil {
				return true
			}
		}
		return false
	})
	if got, _ := line["glance_cache"].(string); got != want {
		t.Errorf("%s: glance_cache is %q, want %q: %v", what, got, want, line)
	}
}

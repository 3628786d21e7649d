package publicreads

import (
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/servers"
)

// One cloud for all: it takes a while to start.
func TestPublicReads(t *testing.T) {
	c := newCloud(t, servers.NewEmptyDatabase(t, servers.Kind(*dialect)), "[DEFAULT]\nshow_image_direct_url = true")
	t.Run("one gateway", func(t *testing.T) {
		c := c.on(t)
		access := filepath.Join(t.TempDir(), "access.log")
		c.start("log {\noutput file "+access+"\n}", []string{"public_reads {\nmax_body 64KiB\n}"}, c.front.url)
		t.Run("reads", func(t *testing.T) { c.on(t).reads(t) })
		t.Run("lists outlive the writes of others", func(t *testing.T) { c.on(t).outlive(t) })
		t.Run("what passes", func(t *testing.T) { c.on(t).passes(t) })
		t.Run("what is visible", func(t *testing.T) { c.on(t).visible(t) })
		t.Run("clients", func(t *testing.T) { c.on(t).clients(t) })
		t.Run("other caches", func(t *testing.T) { c.on(t).otherCaches(t) })
		t.Run("what is logged", func(t *testing.T) { c.on(t).logged(t, access) })
		t.Run("a node that lags", func(t *testing.T) { c.on(t).lagging(t) })
		t.Run("a node that knows a former member", func(t *testing.T) { c.on(t).formerMember(t) })
	})
	t.Run("two sites", func(t *testing.T) { c.on(t).sites(t) })
	t.Run("two gateways", func(t *testing.T) {
		c := c.on(t)
		c.start("", c.settings(2), c.glance)
		t.Run("differences to glance-api", func(t *testing.T) { c.on(t).differences(t) })
	})
}

// settings are those of the caches of several gateways.
func (c *cloud) settings(gateways int) []string {
	text := "public_reads"
	if *withRedis {
		text += "\nredis " + servers.NewRedis(c.t) + "\nnamespace test\nkey 0123456789abcdef0123456789abcdef"
	}
	return slices.Repeat([]string{text}, gateways)
}

// Every kind of read is answered with glance-api's bytes, and again with them, until
// something changes.
func (c *cloud) reads(t *testing.T) {
	owner := c.Keystone.User(t, "member")
	guest := c.Keystone.User(t, "member")
	token, other := owner.Token(t), guest.Token(t)
	public := c.create(c.Keystone.User(t, "admin").Token(t), map[string]any{"visibility": "public", "tags": []string{"a", "b"}, "os_type": "linux"})
	shared := c.create(token, map[string]any{"visibility": "shared", "name": "shared"})
	c.upload(token, shared)
	c.must("POST", "/v2/images/"+shared+"/members", token, asJSON, map[string]any{"member": guest.Project})

	for _, path := range []string{
		"/v2/images/" + public, "/v2/images/" + shared, "/v2/images/" + shared + "/members", "/v2/images/" + shared + "/members/" + guest.Project,
		"/v2/images", "/v2/images?limit=1", "/v2/images?sort=name:asc&visibility=public", "/v2/images?name=in:image,shared&tag=a&tag=b",
		"/v2/images?os_type=linux&protected=false", "/v2/images?name=nothing",
		"/v2/schemas/image", "/v2/schemas/images", "/v2/schemas/member",
	} {
		for who, token := range map[string]string{"owner": token, "guest": other} {
			want := c.get(c.glance, token, path)
			got := c.hit(token, path, "X-Openstack-Request-Id: mine")
			if got.status != want.status || !sameAnswer(got.body, want.body) {
				t.Errorf("%s of the %s:\n%d %s\nwant %d %s", path, who, got.status, got.body, want.status, want.body)
			}
			for _, name := range []string{"Content-Type", "Content-Length"} {
				if got.header.Get(name) != want.header.Get(name) {
					t.Errorf("%s: %s is %q, want %q", path, name, got.header.Get(name), want.header.Get(name))
				}
			}
			if got.header.Get("Date") == "" || got.header.Get("X-Openstack-Request-Id") != "req-mine" {
				t.Errorf("%s: %v", path, got.header)
			}
		}
	}
	if a, b := c.hit(token, "/v2/images/"+public), c.hit(token, "/v2/images/"+public); len(a.header.Get("X-Openstack-Request-Id")) != 40 ||
		a.header.Get("X-Openstack-Request-Id") == b.header.Get("X-Openstack-Request-Id") {
		t.Error("two answers have one request id, or one of a strange form:", a.header)
	}

	c.must(http.MethodPatch, "/v2/images/"+shared, token, asPatch, `[{"op": "replace", "path": "/name", "value": "other"}]`)
	for _, path := range []string{"/v2/images/" + shared, "/v2/images"} {
		if a := c.hit(other, path); path != "/v2/images" && !strings.Contains(a.body, `"other"`) {
			t.Errorf("%s is old: %s", path, a.body)
		}
	}
}

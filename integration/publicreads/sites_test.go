package publicreads

import (
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration"
	"github.com/glancegate/glancegate/integration/cachetest"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/servers"
)

// sites of one gateway share a cache, but stand in front of two glance-apis: one for
// services, which shows where data are, and one for users, which does not.
func (c *cloud) sites(t *testing.T) {
	users := servers.NewPublicGlanceAPI(t, c.DB, c.Identity(), "")
	address := kit.FreeAddress(t)
	c.admin = cachetest.Admin("http://" + address)
	const settings = "debug_header\npublic_reads"
	urls := integration.StartSites(t, "admin "+address, c.Site(c.DB.URL, settings, c.glance), c.Site(c.DB.URL, settings, users.BaseURL))

	token := c.Keystone.User(t, "member").Token(t)
	id := c.create(token, nil)
	c.upload(token, id)
	for _, url := range urls { // the first request connects the cache
		c.get(url, token, "/v2/schemas/image")
	}
	if err := c.admin.Await("ready", cachetest.Ready(1)); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/v2/images/" + id, "/v2/images"} {
		for range 2 {
			if a := c.at(urls[0]).hit(token, path); !strings.Contains(a.body, `"direct_url"`) {
				t.Errorf("%s of services: %s", path, a.body)
			}
			if a := c.get(urls[1], token, path); strings.Contains(a.body, `"direct_url"`) {
				t.Errorf("%s of users is a %s: %s", path, a.outcome(), a.body)
			}
			c.at(urls[1]).hit(token, path)
		}
	}
}

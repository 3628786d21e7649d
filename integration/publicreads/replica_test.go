package publicreads

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/servers"
)

// lag is how far the replica is behind. It leaves time for several answers about each
// image.
const lag = 4 * time.Second

// A node of glance-api reads a replica that lags, while the gateway follows the
// primary. Clients get what the node answers, and the gateway keeps nothing that
// was old when it came, whatever has changed.
func TestReplicaThatLags(t *testing.T) {
	servers.Require(t, servers.Glance)
	r := servers.StartReplicated(t)
	const sections = "[DEFAULT]\nshow_image_direct_url = true"
	c := newCloud(t, r.Source.Database, sections)
	node := servers.NewPublicGlanceAPI(t, r.Replica.Database, c.Identity(), sections)
	c.start("", []string{"public_reads"}, node.BaseURL)

	token := c.Keystone.User(t, "admin").Token(t)
	paths := map[string]string{} // by the change
	var ids []string
	for _, change := range changes {
		id := c.create(token, map[string]any{"visibility": "public", "tags": []string{"a", "b"}, "os_type": "linux"})
		if change.what == "size" || strings.Contains(change.what, "location") { // which need data
			c.upload(token, id)
		}
		c.DB.Exec(t, prepared(change.what, id)...)
		ids, paths[change.what] = append(ids, id), "/v2/images/"+id
	}
	paths["a list"] = "/v2/images?limit=50"
	for _, path := range paths {
		c.hit(token, path)
	}
	r.Delay(t, lag)
	for n, change := range changes {
		c.DB.Exec(t, fmt.Sprintf(change.statement, ids[n]))
	}
	last := paths[changes[len(changes)-1].what]
	kit.Wait(t, "dropped", func() bool { return c.get(c.gateway, token, last).outcome() == "miss" })
	c.stale(t, token, paths)
}

// prepared are statements before a change that needs something to change.
func prepared(what, id string) []string {
	switch what {
	case "property gone":
		return []string{fmt.Sprintf("INSERT INTO image_properties (image_id, name, value, created_at, deleted) VALUES ('%s', 'added', 'x', NOW(), 0)", id)}
	case "tag gone":
		return []string{fmt.Sprintf("INSERT INTO image_tags (image_id, value, created_at, deleted) VALUES ('%s', 'added', NOW(), 0)", id)}
	}
	return nil
}

// stale reads everything until the node has caught up. No answer from memory may differ
// from what glance-api on the primary gives.
func (c *cloud) stale(t *testing.T, token string, paths map[string]string) {
	t.Helper()
	right, old, kept := map[string]answer{}, map[string]int{}, 0
	for what, path := range paths {
		right[what] = c.get(c.glance, token, path)
	}
	caughtUp := func() bool {
		behind := 0
		for what, path := range paths {
			a := c.get(c.gateway, token, path)
			fresh := same(a, right[what])
			switch {
			case a.outcome() == "hit" && !fresh:
				t.Fatalf("%s: an old answer was kept:\n%d %s\nwant %d %s", what, a.status, a.body, right[what].status, right[what].body)
			case a.outcome() == "hit":
				kept++
			case !fresh:
				old[what]++
				behind++
			}
		}
		return behind == 0
	}
	kit.Wait(t, "caught up", caughtUp, c.report())
	for what, path := range paths {
		if old[what] < 2 {
			t.Errorf("%s: %d old answers came: this tests nothing", what, old[what])
		}
		if right[what].status == 200 {
			if a := c.hit(token, path); !same(a, right[what]) {
				t.Errorf("%s: an old answer was kept: %s", what, a.body)
			}
		}
	}
	t.Logf("old answers by change: %v; %d were kept while others were old; refused %v", old, kept, c.counts().Refused)
}

package publicreads

import (
	"testing"

	"github.com/glancegate/glancegate/integration/servers"
)

// Two releases of glance-api work on one database, as during an upgrade. What gateways
// give is what one of them answers.
func TestTwoReleases(t *testing.T) {
	servers.Require(t, servers.OtherGlance)
	const sections = "[DEFAULT]\nshow_image_direct_url = true"
	c := newCloud(t, servers.NewEmptyDatabase(t, servers.Kind(*dialect)), sections)
	for _, step := range []string{"expand", "migrate"} {
		servers.OtherGlanceManage(t, c.DB, "db", step)
	}
	other := servers.NewOtherPublicGlanceAPI(t, c.DB, c.Identity(), sections)
	t.Run("a node of the other release", func(t *testing.T) {
		c := c.on(t)
		c.glance, c.log = other.BaseURL, other.Output
		c.start("", c.settings(1), c.glance)
		c.reads(t)
	})
	t.Run("nodes of both", func(t *testing.T) {
		c := c.on(t)
		c.nodes = append(c.nodes, other.BaseURL)
		c.start("", c.settings(2), c.nodes...)
		c.differences(t)
	})
}

// Package retired plays the end that docs/upgrade-path.md describes: a glance-api that
// knows no registry, and a registry that has ended.
package retired

import (
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration"
	"github.com/glancegate/glancegate/integration/keystonetest"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/publiccloud"
	"github.com/glancegate/glancegate/integration/servers"
)

func TestMain(m *testing.M) { servers.Main(m) }

// python is the one for which Debian's packages are.
const python = "/usr/bin/python3"

// cloud is a glance-api without a registry, and its clients.
type cloud struct {
	*publiccloud.Cloud
	glance      *servers.GlanceAPI
	owner, user *keystonetest.User
	kept        string // an image that outlives every step
}

// Clients of glance-api work on while the registry ends: when it refuses everything, when
// its site is removed, and when the gateway is gone.
func TestRegistryEnds(t *testing.T) {
	if exec.Command(python, "-c", "import glanceclient.v2.client").Run() != nil {
		kit.Lacking(t, "python3-glanceclient is not installed")
	}
	c := &cloud{Cloud: publiccloud.New(t, servers.NewEmptyDatabase(t, servers.SQLite))}
	c.glance = servers.NewPublicGlanceAPI(t, c.DB, c.Identity(), "")
	c.owner, c.user = c.Keystone.User(t, "member"), c.Keystone.User(t, "member")
	public := c.Site(c.DB.URL, "", c.glance.BaseURL)
	t.Run("registry refuses", func(t *testing.T) {
		registry := "glance_registry {\ndatabase `" + c.DB.URL + "`\nidentity trusted\nretire {\nsunset 2026-01-01\nafter_sunset nothing\n}\n}"
		sites := integration.StartSites(t, "", registry, public)
		c.refused(t, sites[0])
		c.kept = c.run(t, sites[1])
		c.tour(t, sites[1])
		c.refused(t, sites[0])
	})
	t.Run("site removed", func(t *testing.T) { c.tour(t, integration.StartSites(t, "", public)[0]) })
	t.Run("gateway stopped", func(t *testing.T) { c.tour(t, c.glance.BaseURL) })
}

// refused fails if the registry answers anything but its end.
func (c *cloud) refused(t *testing.T, registry string) {
	t.Helper()
	for path, body := range map[string]string{
		"/images": "", "/images/detail": "", "/images/" + c.kept: "", "/rpc": `[{"command": "image_get_all", "kwargs": {}}]`,
	} {
		method := http.MethodGet
		if body != "" {
			method = http.MethodPost
		}
		a, err := kit.Request{Method: method, URL: registry + path, Body: body, Header: kit.Trusted("p", "admin")}.Send(t.Context())
		if err != nil || a.StatusCode != http.StatusGone || !strings.Contains(string(a.Text), "has ended") {
			t.Errorf("%s %s: %v, %v", method, path, a, err)
		}
	}
}

// tour does what clients do with images: all of it works, and sees the image from before.
func (c *cloud) tour(t *testing.T, url string) { c.run(t, url, c.kept) }

// run runs tour.py.
func (c *cloud) run(t *testing.T, url string, more ...string) string {
	t.Helper()
	args := append([]string{"tour.py", url, c.owner.Token(t), c.user.Token(t), c.user.Project}, more...)
	out, err := exec.CommandContext(t.Context(), python, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return strings.TrimSpace(string(out))
}

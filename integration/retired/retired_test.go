// Package retired plays the end that docs/upgrade-path.md describes: a glance-api that
// knows no registry, and a registry that has ended.
package retired

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration"
	"github.com/glancegate/glancegate/integration/keystonetest"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/publiccloud"
	"github.com/glancegate/glancegate/integration/servers"
)

func TestMain(m *testing.M) { servers.Main(m) }

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
	if _, err := exec.LookPath("glance"); err != nil {
		kit.Lacking(t, "the program glance of python3-glanceclient is not installed")
	}
	c := &cloud{Cloud: publiccloud.New(t, servers.NewEmptyDatabase(t, servers.SQLite))}
	c.glance = servers.NewPublicGlanceAPI(t, c.DB, c.Identity(), "")
	c.owner, c.user = c.Keystone.User(t, "member"), c.Keystone.User(t, "member")
	public := c.Site(c.DB.URL, "", c.glance.BaseURL)
	t.Run("registry refuses", func(t *testing.T) {
		registry := "glance_registry {\ndatabase `" + c.DB.URL + "`\nidentity trusted\nretire {\nsunset 2026-01-01\nafter_sunset nothing\n}\n}"
		sites := integration.StartSites(t, "", registry, public)
		c.refused(t, sites[0])
		c.kept = c.create(t, sites[1], "kept")
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

// run runs the program glance, as a user, and returns what it prints.
func run(t *testing.T, url string, user *keystonetest.User, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "glance", append([]string{"--os-image-url", url, "--os-auth-token", user.Token(t)}, args...)...)
	cmd.Env = append(os.Environ(), "OS_IMAGE_API_VERSION=2", "HOME="+t.TempDir())
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("glance %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// create makes an image with data, and returns its id.
func (c *cloud) create(t *testing.T, url, name string) (id string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(file, []byte("data of "+name), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, url, c.owner, "image-create", "--name", name, "--disk-format", "raw", "--container-format", "bare",
		"--visibility", "shared", "--property", "os_type=linux", "--file", file)
	var list struct {
		Images []struct{ ID, Status string }
	}
	a, err := kit.Request{Method: http.MethodGet, URL: url + "/v2/images?name=" + name, Header: http.Header{"X-Auth-Token": {c.owner.Token(t)}}}.Send(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(a.Text, &list); err != nil || len(list.Images) != 1 || list.Images[0].Status != "active" {
		t.Fatalf("images with the name %s: %s, %v", name, a.Text, err)
	}
	return list.Images[0].ID
}

// tour is what clients do with images: all of it works, and sees the image from before.
func (c *cloud) tour(t *testing.T, url string) {
	t.Helper()
	id := c.create(t, url, "tour")
	run(t, url, c.owner, "image-update", id, "--min-disk", "3", "--remove-property", "os_type")
	run(t, url, c.owner, "image-tag-update", id, "a-tag")
	run(t, url, c.owner, "member-create", id, c.user.Project)
	run(t, url, c.user, "member-update", id, c.user.Project, "accepted")
	for _, part := range []string{id, c.kept} {
		if list := run(t, url, c.owner, "image-list"); !strings.Contains(list, part) {
			t.Errorf("the list lacks %s: %s", part, list)
		}
	}
	if shown := run(t, url, c.user, "image-show", id); !strings.Contains(shown, "a-tag") || strings.Contains(shown, "os_type") {
		t.Errorf("the member sees %s", shown)
	}
	for image, want := range map[string]string{id: "data of tour", c.kept: "data of kept"} {
		file := filepath.Join(t.TempDir(), "data")
		run(t, url, c.owner, "image-download", image, "--file", file)
		if got, err := os.ReadFile(file); err != nil || string(got) != want {
			t.Errorf("data %q, %v, want %q", got, err, want)
		}
	}
	run(t, url, c.owner, "image-delete", id)
	if list := run(t, url, c.owner, "image-list"); strings.Contains(list, id) {
		t.Errorf("the list has the deleted image: %s", list)
	}
}

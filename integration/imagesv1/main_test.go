// Package imagesv1 tests the public Images API v1 that the gateway serves, with a
// real glance-api behind it, whose data they are, and a real Keystone.
package imagesv1

import (
	"fmt"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/gateways"
	"github.com/glancegate/glancegate/integration/keystonetest"
	"github.com/glancegate/glancegate/integration/servers"
)

func TestMain(m *testing.M) {
	defer gateways.Clean()
	servers.Main(m)
}

// cloud is a Keystone with the people of the recordings.
type cloud struct {
	*keystonetest.Cloud
	service *keystonetest.User
	people  map[string]*keystonetest.User // by the name of the recordings
}

// shared is the cloud of this binary: the ids in it are there once.
var shared *cloud

func newCloud(t testing.TB) *cloud {
	t.Helper()
	if shared != nil {
		return shared
	}
	c := &cloud{Cloud: keystonetest.New(t), people: map[string]*keystonetest.User{}}
	c.Catalog(t)
	c.service = c.User(t, "service")
	for name, id := range map[string]string{
		"admin": "admin", "owner": "own", "other": "other", "acc": "acc", "pend": "pend", "rej": "rej", "share": "share",
	} {
		role := "member"
		if name == "admin" {
			role = "admin"
		}
		u := c.User(t, role)
		u.SetIDs(t, "u-"+id, "t-"+id)
		c.people[name] = u
	}
	c.people["notenant"] = c.User(t, "member")
	shared = c
	return c
}

// tokens are those of all people, as the player wants them.
func (c *cloud) tokens(t testing.TB) map[string]string {
	t.Helper()
	tokens := map[string]string{}
	for name, u := range c.people {
		if name == "notenant" {
			tokens[name] = u.UnscopedToken(t)
			continue
		}
		tokens[name] = u.Token(t)
	}
	return tokens
}

// glance starts a glance-api on a database whose tables it makes.
func (c *cloud) glance(t testing.TB, db *servers.Database, sections string) *servers.GlanceAPI {
	t.Helper()
	servers.GlanceManage(t, db, "db", "sync")
	return servers.NewPublicGlanceAPI(t, db, servers.Identity{
		Keystone: c.URL, Username: c.service.Name, Password: c.service.Password, Project: c.service.ProjectName,
	}, sections)
}

// site is a public site in front of glance-api, with options of the registry's
// block, of its identity and of images_v1.
func (c *cloud) site(db *servers.Database, glanceURL, registry, identity, images string) string {
	return fmt.Sprintf(`glance_registry {
	database %q
	identity keystone {
		auth_url %s
		username %s
		password %q
		project_name %s
		%s
	}
	pass_through
	images_v1 %s {
		%s
	}
	%s
}
reverse_proxy %s
`, db.URL, c.URL, c.service.Name, c.service.Password, c.service.ProjectName, identity, glanceURL, images, registry,
		strings.TrimPrefix(glanceURL, "http://"))
}

// Package publiccloud gives tests a glance-api that takes the tokens of a Keystone,
// and the site of a gateway that caches its answers to public reads.
package publiccloud

import (
	"fmt"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/dbbackend/feed"
	"github.com/glancegate/glancegate/integration/keystonetest"
	"github.com/glancegate/glancegate/integration/servers"
)

// Cloud is a Keystone and a database with Glance's tables.
type Cloud struct {
	DB       *servers.Database
	Keystone *keystonetest.Cloud
	Service  *keystonetest.User // who validates tokens
}

// New makes the tables in an empty database, or upgrades those of an older release.
func New(t testing.TB, db *servers.Database) *Cloud {
	t.Helper()
	servers.Require(t, servers.Glance)
	c := &Cloud{DB: db, Keystone: keystonetest.New(t)}
	servers.GlanceManage(t, db, "db", "sync")
	c.Keystone.Catalog(t)
	c.Service = c.Keystone.User(t, "service")
	return c
}

// Identity is how a glance-api of this cloud validates tokens.
func (c *Cloud) Identity() servers.Identity {
	return servers.Identity{
		Keystone: c.Keystone.URL, Username: c.Service.Name, Password: c.Service.Password, Project: c.Service.ProjectName,
	}
}

// Follow lets gateways follow the changes of the database.
func (c *Cloud) Follow(t testing.TB) {
	t.Helper()
	if c.DB.Dialect != servers.PostgreSQL {
		return
	}
	if err := feed.Install(t.Context(), c.DB.URL); err != nil {
		t.Fatal(err)
	}
}

// Site has the directives of a gateway in front of the nodes of a glance-api.
// database is a URL of the cloud's database; settings are further ones of the cache.
func (c *Cloud) Site(database, settings string, nodes ...string) string {
	return fmt.Sprintf(`glance_registry {
	database %q
	pass_through
	harden
	identity keystone {
		auth_url %s
		username %s
		password %q
		project_name %s
	}
	cache {
		changes
		%s
	}
}
`, database, c.Keystone.URL, c.Service.Name, c.Service.Password, c.Service.ProjectName, settings) + Proxy(nodes...)
}

// Proxy is the directive that passes requests on to nodes, given by their base URLs.
func Proxy(nodes ...string) string {
	var text strings.Builder
	text.WriteString("reverse_proxy")
	for _, node := range nodes {
		text.WriteString(" " + strings.TrimPrefix(node, "http://"))
	}
	return text.String() + "\n"
}

// Package upgrade upgrades the database under a gateway that is at work.
package upgrade

import (
	"testing"

	"github.com/glancegate/glancegate/integration/schema"
	"github.com/glancegate/glancegate/integration/servers"
)

func TestMain(m *testing.M) { servers.Main(m) }

// From Queens to the newest release no request fails and no write is lost, and
// the metadata of locations change as Train's data step says.
func TestUpgradeUnderLoad(t *testing.T) {
	for _, dialect := range []servers.Kind{servers.MySQL, servers.PostgreSQL} {
		t.Run(string(dialect), func(t *testing.T) {
			o := begins(t, dialect, "queens", "")
			o.upgrade("queens", schema.Newest)
			o.ends("hidden", "not hidden", "store", "backend", "kept")
		})
	}
}

// The rolling upgrade to Ocata, which only MySQL and MariaDB have: is_public and
// visibility stand side by side for a while.
func TestRollingUpgradeToOcata(t *testing.T) {
	for name, cache := range map[string]string{"without a cache": "", "with a cache": "cache {\nttl 1h\n}"} {
		t.Run(name, func(t *testing.T) {
			o := begins(t, servers.MySQL, "mitaka", cache)
			o.upgrade("mitaka", "queens")
			o.ends("moved to private", "moved to shared", "kept")
		})
	}
}

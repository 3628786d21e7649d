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

// What a cache holds is forgotten when the schema changes: rows may read in
// another way, and data steps have changed them.
func TestChangeOfSchemaDropsCache(t *testing.T) {
	o := begins(t, servers.MySQL, "queens", "cache {\nttl 1h\n}")
	o.load.end()
	const id = "00000000-0000-4000-8000-00000000cafe"
	o.load.rpc("image_create", object{"values": object{"id": id, "name": "first", "status": "active"}})
	name := func() any {
		image, _ := o.load.rpc("image_get", object{"image_id": id}).(object)
		return image["name"]
	}
	for range 2 {
		if got := name(); got != "first" {
			t.Fatal(got)
		}
	}
	if _, err := o.db.DB.Exec("UPDATE images SET name = 'second' WHERE id = ?", id); err != nil {
		t.Fatal(err)
	}
	if got := name(); got != "first" {
		t.Fatalf("%v: nothing is cached, so nothing is tested", got)
	}
	if err := o.step("rocky", "expand"); err != nil {
		t.Fatal(err)
	}
	o.await("the cache to be dropped", func() bool { return name() == "second" })
}

// The same with the real glance-manage in the place of our own steps. On
// PostgreSQL it can do all in one step only.
func TestUpgradeByGlanceManage(t *testing.T) {
	servers.Require(t, servers.Glance)
	t.Run("rolling, from Mitaka", func(t *testing.T) {
		db := servers.NewRelease(t, servers.MySQL, "mitaka")
		if err := db.Schema().Stamp(t.Context(), "mitaka02"); err != nil {
			t.Fatal(err)
		}
		o := beginsOn(t, db, "")
		o.glanceManage("ocata expand", "expand")
		o.noticed("visibility", "community")
		o.enter("ocata migrate") // which only glance-manage of Ocata and Pike do
		if err := o.step("ocata", schema.Migrate); err != nil {
			t.Fatal(err)
		}
		o.enter("after ocata migrate")
		o.work()
		o.glanceManage("migrate", "migrate")
		o.glanceManage("ocata contract", "contract")
		o.ends("moved to private", "moved to shared", "kept")
	})
	t.Run("at once, from Queens", func(t *testing.T) {
		o := beginsOn(t, servers.NewRelease(t, servers.PostgreSQL, "queens"), "")
		o.glanceManage("sync", "sync")
		o.noticed("os_hidden", "true")
		o.ends("kept")
	})
	t.Run("at once, from Mitaka", func(t *testing.T) {
		db := servers.NewRelease(t, servers.PostgreSQL, "mitaka")
		o := beginsOn(t, db, "")
		// The data step of Ocata only its own glance-manage does. Unlike that, it waits
		// here until the gateway has noticed the new column.
		o.upgrade("mitaka", "ocata")
		o.glanceManage("sync", "sync")
		o.noticed("os_hidden", "true")
		o.ends("moved to private", "moved to shared", "kept")
	})
}

// glanceManage is a step of the real tool, while the clients work.
func (o *operator) glanceManage(phase, command string) {
	o.t.Helper()
	o.enter(phase)
	servers.GlanceManage(o.t, o.db, "db", command)
	o.enter("after " + phase)
	o.work()
}

package upgrade

import (
	"testing"

	"github.com/glancegate/glancegate/integration/schema"
	"github.com/glancegate/glancegate/integration/servers"
)

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
		o.upgrade("mitaka", "ocata") // whose data step only its own glance-manage does
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

package releases

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/rpctest"
	"github.com/glancegate/glancegate/integration/schema"
	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/registry"
)

// The expand step of Ocata on MySQL is no transaction: the gateway may find the
// columns without the triggers, and is_public still without null.
func TestHalfOfAnExpandStep(t *testing.T) {
	list, err := schema.Statements("ocata.expand.sql", schema.MySQL, true)
	if err != nil {
		t.Fatal(err)
	}
	first := slices.IndexFunc(list, func(s string) bool { return strings.Contains(s, "ADD COLUMN visibility") }) + 1
	for n := first; n <= len(list); n++ {
		t.Run(list[n-1][:30], func(t *testing.T) {
			db := servers.NewRelease(t, servers.MySQL, "mitaka")
			for _, s := range list[:n] {
				db.Exec(t, s)
			}
			testWrites(t, db, "ocata-expanded")
		})
	}
}

// An expand step that is part of a sync leaves no triggers.
func TestExpandedWithoutTriggers(t *testing.T) {
	db := servers.NewRelease(t, servers.MySQL, "mitaka")
	if err := db.Schema().Step(t.Context(), "ocata", schema.Expand, false); err != nil {
		t.Fatal(err)
	}
	testWrites(t, db, "ocata-expanded")
}

// Triggers that come later, or that the user of the database may not see, are
// known by what they refuse.
func TestTriggersComeLater(t *testing.T) {
	for what, rights := range map[string]string{"seen": "ALL PRIVILEGES", "hidden": "SELECT, INSERT, UPDATE, DELETE"} {
		t.Run(what, func(t *testing.T) {
			db := servers.NewRelease(t, servers.MySQL, "mitaka")
			if err := db.Schema().Step(t.Context(), "ocata", schema.Expand, false); err != nil {
				t.Fatal(err)
			}
			name := servers.Value[string](t, db, "SELECT DATABASE()")
			user := "'" + name + "'@'%'"
			db.Exec(t, "CREATE USER "+user+" IDENTIFIED BY 'secret'")
			t.Cleanup(func() { _, _ = db.DB.ExecContext(context.Background(), "DROP USER "+user) })
			db.Exec(t, "GRANT "+rights+" ON `"+name+"`.* TO "+user)
			u, err := url.Parse(db.URL)
			if err != nil {
				t.Fatal(err)
			}
			u.User = url.UserPassword(name, "secret")
			as := *db
			as.URL = u.String()
			store := registrytest.Open(t, &as, func(c *dbbackend.Config) { c.SchemaPoll = time.Hour })
			node := rpctest.Serve(t, &registry.Service{Store: store})
			write := func(id, visibility string) {
				t.Helper()
				node.Call("image_create", rpctest.Object{"values": rpctest.Object{"id": id, "status": "active", "visibility": "shared"}}).OK()
				node.Call("image_update", rpctest.Object{"image_id": id, "values": rpctest.Object{"visibility": visibility}}).OK()
				public := map[bool]string{true: "true", false: "false"}[visibility == "public"]
				if got := columnOf(t, db, id, "visibility") + ", " + columnOf(t, db, id, "is_public"); got != visibility+", "+public {
					t.Errorf("%s: %s", visibility, got)
				}
			}
			write("a", "public")
			list, err := schema.Statements("ocata.expand.sql", schema.MySQL, true)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range list {
				if strings.HasPrefix(s, "CREATE TRIGGER") {
					db.Exec(t, s)
				}
			}
			write("b", "public")
			write("c", "community")
			testWrites(t, &as, "ocata-expanded")
		})
	}
}

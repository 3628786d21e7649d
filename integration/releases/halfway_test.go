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
	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/registry"
)

// The expand step of Ocata on MySQL is no transaction: the gateway may find the
// columns without the triggers, and is_public still without null.
func TestHalfOfAnExpandStep(t *testing.T) {
	list, err := statements("ocata.expand.sql", servers.MySQL, true)
	if err != nil {
		t.Fatal(err)
	}
	first := slices.IndexFunc(list, func(s string) bool { return strings.Contains(s, "ADD COLUMN visibility") }) + 1
	for n := first; n <= len(list); n++ {
		t.Run(list[n-1][:30], func(t *testing.T) {
			db := New(t, servers.MySQL, "mitaka")
			for _, s := range list[:n] {
				execute(t, db, s)
			}
			testWrites(t, db, "ocata-expanded")
		})
	}
}

// An expand step that is part of a sync leaves no triggers.
func TestExpandedWithoutTriggers(t *testing.T) {
	db := New(t, servers.MySQL, "mitaka")
	if err := Step(t.Context(), db, "ocata", Expand, false); err != nil {
		t.Fatal(err)
	}
	testWrites(t, db, "ocata-expanded")
}

// Triggers that come later, or that the user of the database may not see, are
// known by what they refuse.
func TestTriggersComeLater(t *testing.T) {
	for name, rights := range map[string]string{"seen": "ALL PRIVILEGES", "hidden": "SELECT, INSERT, UPDATE, DELETE"} {
		t.Run(name, func(t *testing.T) {
			db := New(t, servers.MySQL, "mitaka")
			if err := Step(t.Context(), db, "ocata", Expand, false); err != nil {
				t.Fatal(err)
			}
			var schema string
			if err := db.DB.QueryRow("SELECT DATABASE()").Scan(&schema); err != nil {
				t.Fatal(err)
			}
			user := "'" + schema + "'@'%'"
			execute(t, db, "CREATE USER "+user+" IDENTIFIED BY 'secret'")
			t.Cleanup(func() { _, _ = db.DB.ExecContext(context.Background(), "DROP USER "+user) })
			execute(t, db, "GRANT "+rights+" ON `"+schema+"`.* TO "+user)
			u, err := url.Parse(db.URL)
			if err != nil {
				t.Fatal(err)
			}
			u.User = url.UserPassword(schema, "secret")
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
			list, err := statements("ocata.expand.sql", servers.MySQL, true)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range list {
				if strings.HasPrefix(s, "CREATE TRIGGER") {
					execute(t, db, s)
				}
			}
			write("b", "public")
			write("c", "community")
			testWrites(t, &as, "ocata-expanded")
		})
	}
}

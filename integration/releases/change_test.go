package releases

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/dbbackend/release"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/rpctest"
	"github.com/glancegate/glancegate/integration/schema"
	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/registry"
)

// A change of the schema is noticed even if no statement fails because of it, and
// the registered functions are called.
func TestChangeIsNoticed(t *testing.T) {
	for _, row := range []struct {
		from, to string
		phase    schema.Phase
		want     string
	}{
		{"mitaka", "ocata", schema.Expand, "expanded, Mitaka, Newton to Ocata (ocata_expand01)"},
		{"queens", "rocky", schema.Expand, "expanded, Queens to Rocky, Stein (queens_contract01, rocky_expand02)"},
		{"rocky", "train", schema.Contract, "complete, Train (train_contract01)"},
	} {
		t.Run(row.from+" to "+row.to, func(t *testing.T) {
			servers.EachRelease(t, row.from, func(t *testing.T, db *servers.Database) {
				states := make(chan release.State, 100)
				backend := registrytest.Open(t, db, func(c *dbbackend.Config) {
					c.SchemaPoll, c.OnState = 20*time.Millisecond, func(s release.State) { states <- s }
				})
				addImage(t, db, "a", visibilityFor(row.from))
				var told, never atomic.Int32
				backend.OnSchemaChange(func() { told.Add(1) })
				backend.OnSchemaChange(func() { never.Add(1) })()
				if _, err := backend.Image(t.Context(), "a"); err != nil {
					t.Fatal(err)
				}
				if s := <-states; s.Next != "" {
					t.Errorf("at first %s", s)
				}
				if err := backend.Check(t.Context()); err != nil || told.Load() != 0 {
					t.Errorf("%v; told %d times of no change", err, told.Load())
				}
				if err := db.Schema().Step(t.Context(), row.to, row.phase, true); err != nil {
					t.Fatal(err)
				}
				await(t, states, row.want) // on MySQL also half of the step may be seen
				if told.Load() == 0 || never.Load() != 0 {
					t.Errorf("told %d and %d times", told.Load(), never.Load())
				}
				if row.to == "rocky" {
					db.Exec(t, "UPDATE images SET os_hidden = true")
				}
				if i, err := backend.Image(t.Context(), "a"); err != nil || i.OSHidden != (row.to == "rocky") {
					t.Errorf("%+v, %v", i, err)
				}
			})
		})
	}
}

// A database that appears later is noticed, too.
func TestDatabaseIsMadeLater(t *testing.T) {
	for _, dialect := range servers.Dialects {
		t.Run(string(dialect), func(t *testing.T) {
			db := servers.NewEmptyDatabase(t, dialect)
			db.Exec(t, "CREATE TABLE x (n INTEGER)")
			states := make(chan release.State, 100)
			backend := registrytest.Open(t, db, func(c *dbbackend.Config) {
				c.SchemaPoll, c.OnState = 20*time.Millisecond, func(s release.State) { states <- s }
			})
			if err := backend.Check(t.Context()); err == nil {
				t.Error("a database without images is taken for Glance's")
			}
			if s := <-states; s.Kind != release.Foreign {
				t.Error(s)
			}
			if err := db.Schema().Make(t.Context(), "queens"); err != nil {
				t.Fatal(err)
			}
			await(t, states, "complete, Queens (queens_contract01)")
			registrytest.Serve(t, backend).Tour()
		})
	}
}

// await waits for a state, which may come after others.
func await(t *testing.T, states <-chan release.State, want string) {
	t.Helper()
	last := "none"
	come := kit.Poll(kit.Timeout, func() bool {
		select {
		case s := <-states:
			last = s.String()
		default:
		}
		return last == want
	})
	if !come {
		t.Fatalf("the last state was %s, want %s", last, want)
	}
}

// visibilityFor is a public image of a release.
func visibilityFor(name string) map[string]string {
	if name == "mitaka" || name == "newton" {
		return map[string]string{"is_public": "true"}
	}
	return map[string]string{"visibility": "'public'"}
}

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

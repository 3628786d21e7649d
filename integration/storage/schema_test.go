// Package storage tests what the gateway makes of the three databases: how often
// it asks them, in which order lists come, which schemas do, and how large an
// image may be.
package storage

import (
	"testing"

	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/schema"
	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/registry/records"
)

func TestMain(m *testing.M) { registrytest.Main(m) }

func TestEveryOperationOnEverySchema(t *testing.T) {
	for _, name := range schema.Names {
		t.Run(name, func(t *testing.T) {
			for _, dialect := range servers.Dialects {
				t.Run(string(dialect), func(t *testing.T) {
					registrytest.New(t, servers.NewRelease(t, dialect, name)).Tour()
				})
			}
		})
	}
}

// The file that the gateway makes for itself has Glance's newest schema, too.
func TestEveryOperationOnOwnFile(t *testing.T) {
	db := servers.NewEmptyDatabase(t, servers.SQLite)
	registrytest.New(t, db, func(c *dbbackend.Config) { c.Create = true }).Tour()
}

// dropColumn takes a column from the images, with its index.
func dropColumn(t *testing.T, db *servers.Database, column string) {
	t.Helper()
	if db.Dialect == servers.SQLite {
		db.Exec(t, "DROP INDEX IF EXISTS "+column+"_image_idx")
	}
	db.Exec(t, "ALTER TABLE images DROP COLUMN "+column)
}

// Whatever mode the connections have, every operation works.
func TestEveryOperationInEveryMode(t *testing.T) {
	db := servers.NewDatabase(t, servers.MySQL)
	for _, mode := range []string{"", "ANSI,NO_BACKSLASH_ESCAPES", "STRICT_ALL_TABLES,PIPES_AS_CONCAT"} {
		t.Run(mode, func(t *testing.T) {
			node := registrytest.New(t, db, func(c *dbbackend.Config) { c.SQLMode = records.NullOf(mode) })
			node.Tour()
			backslash := node.CreateImage(registrytest.Object{"name": `a\'b"c`, "status": "queued"})
			if got := node.RespondTo("GET /images/" + backslash).As(registrytest.Admin()).ExpectImage(); *got.Name != `a\'b"c` {
				t.Errorf("the name is %q", *got.Name)
			}
		})
	}
}

package storage

import (
	"testing"

	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/schema"
	"github.com/glancegate/glancegate/integration/servers"
)

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
		execute(t, db, "DROP INDEX IF EXISTS "+column+"_image_idx")
	}
	execute(t, db, "ALTER TABLE images DROP COLUMN "+column)
}

func execute(t *testing.T, db *servers.Database, statement string) {
	t.Helper()
	if _, err := db.DB.Exec(statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

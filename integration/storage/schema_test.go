package storage

import (
	"strings"
	"testing"

	"github.com/glancegate/glancegate/dbbackend/embedded"
	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
)

// releases are the schemas that the gateway has to do with, and how a database
// gets there.
var releases = []struct {
	name string
	make func(*testing.T, servers.Kind) *servers.Database
}{
	{"queens", newQueens},
	{"train", func(t *testing.T, dialect servers.Kind) *servers.Database { return servers.NewDatabase(t, dialect) }},
	{"2026.1", newNewest},
}

func TestEveryOperationOnEverySchema(t *testing.T) {
	for _, release := range releases {
		t.Run(release.name, func(t *testing.T) {
			for _, dialect := range servers.Dialects {
				t.Run(string(dialect), func(t *testing.T) {
					registrytest.New(t, release.make(t, dialect)).Tour()
				})
			}
		})
	}
}

// newQueens lacks the columns of Rocky.
func newQueens(t *testing.T, dialect servers.Kind) *servers.Database {
	db := servers.NewDatabase(t, dialect)
	for _, column := range []string{"os_hidden", "os_hash_algo", "os_hash_value"} {
		dropColumn(t, db, column)
	}
	return db
}

// newNewest has what came after Train. SQLite's is the gateway's own file.
func newNewest(t *testing.T, dialect servers.Kind) *servers.Database {
	if dialect == servers.SQLite {
		db := servers.NewEmptyDatabase(t, dialect)
		if err := embedded.Create(strings.TrimPrefix(db.URL, "sqlite:///"), false); err != nil {
			t.Fatal(err)
		}
		return db
	}
	db := servers.NewDatabase(t, dialect)
	execute(t, db, "ALTER TABLE tasks ADD COLUMN image_id VARCHAR(36)")
	execute(t, db, "ALTER TABLE tasks ADD COLUMN request_id VARCHAR(64)")
	execute(t, db, "ALTER TABLE tasks ADD COLUMN user_id VARCHAR(64)")
	execute(t, db, "CREATE INDEX ix_tasks_image_id ON tasks (image_id)")
	execute(t, db, `CREATE TABLE node_reference (
		node_reference_id BIGINT NOT NULL PRIMARY KEY, node_reference_url VARCHAR(255) NOT NULL UNIQUE)`)
	execute(t, db, `CREATE TABLE cached_images (
		id BIGINT NOT NULL PRIMARY KEY, image_id VARCHAR(36) NOT NULL, last_accessed TIMESTAMP NOT NULL,
		last_modified TIMESTAMP NOT NULL, size BIGINT NOT NULL, hits INTEGER NOT NULL, checksum VARCHAR(32),
		node_reference_id BIGINT NOT NULL REFERENCES node_reference (node_reference_id),
		UNIQUE (image_id, node_reference_id))`)
	return db
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

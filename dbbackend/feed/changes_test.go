package feed_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/dbbackend/feed"
	"github.com/glancegate/glancegate/integration/servers"
)

var dialects = []servers.Kind{servers.MySQL, servers.PostgreSQL}

func onEach(t *testing.T, test func(*testing.T, *servers.Database)) {
	for _, dialect := range dialects {
		t.Run(string(dialect), func(t *testing.T) {
			db := servers.NewDatabase(t, dialect)
			install(t, db)
			test(t, db)
		})
	}
}

func exec(t testing.TB, db *servers.Database, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		if _, err := db.DB.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

const now = "CURRENT_TIMESTAMP"

func insertImage(id string) string {
	return fmt.Sprintf("INSERT INTO images (id, name, status, visibility, created_at, updated_at, deleted, protected, min_disk, min_ram, os_hidden)"+
		" VALUES ('%s', 'n', 'queued', 'private', %s, %s, FALSE, FALSE, 0, 0, FALSE)", id, now, now)
}

// changesOf are statements, and which images they change.
func changesOf(id string) [][2]string {
	list := [][2]string{
		{insertImage(id), id},
		{fmt.Sprintf("UPDATE images SET name = 'other' WHERE id = '%s'", id), id},
	}
	for table, columns := range map[string][2]string{
		"image_properties": {"name, value", "'p', 'v'"},
		"image_locations":  {"value, status", "'file:///x', 'active'"},
		"image_members":    {"member, can_share, status", "'m', FALSE, 'pending'"},
		"image_tags":       {"value", "'t'"},
	} {
		list = append(list,
			[2]string{fmt.Sprintf("INSERT INTO %s (image_id, %s, created_at, updated_at, deleted) VALUES ('%s', %s, %s, %s, deleted_value)",
				table, columns[0], id, columns[1], now, now), id},
			[2]string{fmt.Sprintf("UPDATE %s SET deleted_at = %s WHERE image_id = '%s'", table, now, id), id},
			[2]string{fmt.Sprintf("DELETE FROM %s WHERE image_id = '%s'", table, id), id},
		)
	}
	return append(list, [2]string{fmt.Sprintf("DELETE FROM images WHERE id = '%s'", id), id})
}

// TestEveryChange reports each kind of change of each table, with the right image
// and nothing but that.
func TestEveryChange(t *testing.T) {
	onEach(t, func(t *testing.T, db *servers.Database) {
		r, _ := follow(t, feed.Config{URL: db.URL})
		r.awaitUp()
		exec(t, db, insertImage("another"))
		r.awaitIDs("another")
		for _, c := range changesOf("image-1") {
			r.forget()
			start := time.Now()
			exec(t, db, strings.ReplaceAll(c[0], "deleted_value", "FALSE"))
			r.awaitIDs(c[1])
			t.Logf("%s after %s", c[0][:30], time.Since(start).Round(10*time.Microsecond))
			if visible, all := r.reported(); all > 0 || len(visible) != 1 {
				t.Errorf("%s: reported %q, all %d", c[0], visible, all)
			}
		}
		// The id itself changes, and a child moves.
		exec(t, db, insertImage("before"), insertImage("other"))
		exec(t, db, "INSERT INTO image_tags (image_id, value, created_at, updated_at, deleted) VALUES ('before', 't', "+now+", "+now+", FALSE)")
		r.awaitIDs("before", "other")
		r.forget()
		exec(t, db, "UPDATE image_tags SET image_id = 'other' WHERE image_id = 'before'")
		r.awaitIDs("before", "other")
		exec(t, db, insertImage("between"))
		r.awaitIDs("between")
		r.forget()
		exec(t, db, "UPDATE images SET id = 'after' WHERE id = 'before'")
		r.awaitIDs("before", "after")
		for _, id := range []string{"another", "other"} {
			if visible, all := r.reported(); all > 0 || slices.Contains(visible, id) {
				t.Errorf("reported %q, all %d", visible, all)
			}
		}
	})
}

func TestRollbackTellsNothing(t *testing.T) {
	onEach(t, func(t *testing.T, db *servers.Database) {
		r, _ := follow(t, feed.Config{URL: db.URL})
		r.awaitUp()
		tx, err := db.DB.Begin()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec(insertImage("undone")); err != nil {
			t.Fatal(err)
		}
		if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}
		exec(t, db, insertImage("done"))
		r.awaitIDs("done")
		if visible, all := r.reported(); slices.Contains(visible, "undone") || all > 0 {
			t.Errorf("reported %q, all %d", visible, all)
		}
	})
}

// TestTablesOfOthers reports no changes of other tables.
func TestTablesOfOthers(t *testing.T) {
	onEach(t, func(t *testing.T, db *servers.Database) {
		r, _ := follow(t, feed.Config{URL: db.URL})
		r.awaitUp()
		exec(t, db, "INSERT INTO tasks (id, type, status, owner, created_at, updated_at, deleted) VALUES ('t', 'import', 'pending', 'o', "+now+", "+now+", FALSE)",
			insertImage("done"))
		r.awaitIDs("done")
		if visible, all := r.reported(); len(visible) != 1 || all > 0 {
			t.Errorf("reported %q, all %d", visible, all)
		}
	})
}

func TestManyRows(t *testing.T) {
	onEach(t, func(t *testing.T, db *servers.Database) {
		r, _ := follow(t, feed.Config{URL: db.URL})
		r.awaitUp()
		tx, err := db.DB.Begin()
		if err != nil {
			t.Fatal(err)
		}
		const rows, chunk = 10_001, 1000
		for i := 0; i < rows; i += chunk {
			var values []string
			for n := i; n < min(rows, i+chunk); n++ {
				values = append(values, fmt.Sprintf("('many-%d', 'n', 'queued', 'private', %s, %s, FALSE, FALSE, 0, 0, FALSE)", n, now, now))
			}
			_, err := tx.Exec("INSERT INTO images (id, name, status, visibility, created_at, updated_at, deleted, protected, min_disk, min_ram, os_hidden) VALUES " +
				strings.Join(values, ", "))
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
		exec(t, db, insertImage("done"))
		r.awaitIDs("done")
		r.await("all rows", func() bool { return r.all > 0 || len(r.visible) > rows })
	})
}

func TestChangesOfTables(t *testing.T) {
	onEach(t, func(t *testing.T, db *servers.Database) {
		r, _ := follow(t, feed.Config{URL: db.URL})
		r.awaitUp()
		exec(t, db, insertImage("one"))
		r.awaitIDs("one")
		exec(t, db, "TRUNCATE TABLE image_tags")
		r.await("everything", func() bool { return r.all > 0 })
		// A column in front of what is read.
		first := map[servers.Kind]string{servers.MySQL: " FIRST"}[db.Dialect]
		exec(t, db, "ALTER TABLE images ADD COLUMN in_front VARCHAR(10)"+first,
			"ALTER TABLE image_tags ADD COLUMN in_front VARCHAR(10)"+first)
		exec(t, db, insertImage("two"),
			"INSERT INTO image_tags (image_id, value, created_at, updated_at, deleted) VALUES ('one', 't', "+now+", "+now+", FALSE)")
		r.forget()
		exec(t, db, "UPDATE images SET name = 'x' WHERE id = 'two'", "UPDATE image_tags SET value = 'x'")
		r.awaitIDs("one", "two")
		exec(t, db, "ALTER TABLE images DROP COLUMN in_front", "ALTER TABLE image_tags DROP COLUMN in_front")
		exec(t, db, insertImage("three"), insertImage("four"))
		r.awaitIDs("four")
	})
}

func TestTwoFeeds(t *testing.T) {
	onEach(t, func(t *testing.T, db *servers.Database) {
		first, stop := follow(t, feed.Config{URL: db.URL})
		second, _ := follow(t, feed.Config{URL: db.URL})
		first.awaitUp()
		second.awaitUp()
		exec(t, db, insertImage("one"))
		first.awaitIDs("one")
		second.awaitIDs("one")
		stop()
		exec(t, db, insertImage("two"))
		second.awaitIDs("two")
	})
}

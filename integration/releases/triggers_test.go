package releases

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"

	"github.com/glancegate/glancegate/integration/servers"
)

// The triggers do what those of Glance do (database-schema.md, 4.3), and those that
// glance-manage makes are held against the same table.
func TestTriggers(t *testing.T) {
	t.Run("own", func(t *testing.T) { testTriggers(t, servers.NewRelease(t, servers.MySQL, "ocata-expanded").DB) })
	t.Run("of glance-manage", func(t *testing.T) {
		servers.Require(t, servers.Glance)
		db := servers.NewRelease(t, servers.MySQL, "mitaka")
		if err := db.Schema().Stamp(t.Context(), "mitaka02"); err != nil {
			t.Fatal(err)
		}
		servers.GlanceManage(t, db, "db", "expand")
		testTriggers(t, db.DB)
	})
}

func testTriggers(t *testing.T, db *sql.DB) {
	const refused = "refused"
	for n, row := range []struct{ isPublic, visibility, want string }{
		{"NULL", "NULL", refused}, {"1", "'public'", refused}, {"0", "'shared'", refused},
		{"1", "NULL", "1 public"}, {"0", "NULL", "0 shared"},
		{"NULL", "'public'", "1 public"}, {"NULL", "'private'", "0 private"}, {"NULL", "'community'", "0 community"},
	} {
		id := fmt.Sprintf("insert-%d", n)
		_, err := db.Exec(fmt.Sprintf("INSERT INTO images (id, status, created_at, deleted, min_disk, min_ram, is_public, visibility) "+
			"VALUES ('%s', 'active', NOW(), 0, 0, 0, %s, %s)", id, row.isPublic, row.visibility))
		if got := outcome(t, db, id, err); got != row.want {
			t.Errorf("insert %s, %s: %s, want %s", row.isPublic, row.visibility, got, row.want)
		}
	}
	for n, row := range []struct{ from, set, want string }{
		{"0 shared", "name = 'x'", "0 shared"}, {"0 shared", "is_public = 0, visibility = 'shared'", "0 shared"},
		{"0 shared", "is_public = NULL", refused}, {"0 shared", "visibility = NULL", refused},
		{"0 shared", "is_public = 1", "1 public"}, {"1 public", "is_public = 0", "0 shared"},
		{"0 shared", "is_public = 1, visibility = 'public'", refused},
		{"0 shared", "visibility = 'public'", "1 public"}, {"1 public", "visibility = 'private'", "0 private"},
		{"0 private", "visibility = 'community'", "0 community"}, {"0 community", "is_public = 0", "0 community"},
	} {
		id := fmt.Sprintf("update-%d", n)
		_, visibility, _ := strings.Cut(row.from, " ")
		if _, err := db.Exec("INSERT INTO images (id, status, created_at, deleted, min_disk, min_ram, visibility) "+
			"VALUES (?, 'active', NOW(), 0, 0, 0, ?)", id, visibility); err != nil {
			t.Fatal(err)
		}
		_, err := db.Exec("UPDATE images SET " + row.set + " WHERE id = '" + id + "'")
		if got := outcome(t, db, id, err); got != row.want {
			t.Errorf("%s, set %s: %s, want %s", row.from, row.set, got, row.want)
		}
	}
}

// outcome is what a row has after a statement, or that it was refused.
func outcome(t *testing.T, db *sql.DB, id string, err error) string {
	t.Helper()
	var refusal *mysql.MySQLError
	if errors.As(err, &refusal) && refusal.Number == 1644 && refusal.Message == "Invalid visibility value" {
		return "refused"
	}
	if err != nil {
		t.Fatal(err)
	}
	var got string
	if err := db.QueryRow("SELECT CONCAT(is_public, ' ', visibility) FROM images WHERE id = ?", id).Scan(&got); err != nil {
		t.Fatal(err)
	}
	return got
}

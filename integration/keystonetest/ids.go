package keystonetest

import (
	"database/sql"
	"fmt"
	"testing"

	_ "modernc.org/sqlite" // Keystone's database

	"github.com/glancegate/glancegate/integration/servers"
)

// SetIDs gives a user and its project the ids that a test needs, which Keystone
// makes up itself. It comes before the first token of the user.
func (u *User) SetIDs(t testing.TB, user, project string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+servers.KeystoneDatabase(t)+"?_pragma=busy_timeout(10000)&_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	for _, change := range []struct{ table, column, from, to string }{
		{"user", "id", u.ID, user},
		{"local_user", "user_id", u.ID, user},
		{"assignment", "actor_id", u.ID, user},
		{"project", "id", u.Project, project},
		{"assignment", "target_id", u.Project, project},
	} {
		statement := fmt.Sprintf(`UPDATE "%s" SET "%s" = ? WHERE "%[2]s" = ?`, change.table, change.column)
		if _, err := tx.Exec(statement, change.to, change.from); err != nil {
			t.Fatalf("%s: %v", change.table, err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	u.ID, u.Project = user, project
}

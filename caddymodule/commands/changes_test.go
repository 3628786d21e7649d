package commands

import (
	"bytes"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/servers"
)

// runChanges runs a subcommand on a database whose URL is in the environment.
func runChanges(t *testing.T, db *servers.Database, sub string) (string, error) {
	t.Helper()
	t.Setenv("CHANGES_DATABASE", db.URL)
	var out bytes.Buffer
	cmd := changesCommand()
	cmd.SetArgs([]string{sub, "--database", "{env.CHANGES_DATABASE}"})
	cmd.SetOut(&out)
	cmd.SetErr(&out)
	err := cmd.Execute()
	if strings.Contains(out.String(), "secret") {
		t.Errorf("%s prints the password:\n%s", sub, &out)
	}
	return out.String(), err
}

func TestChangesOfPostgreSQL(t *testing.T) {
	db := servers.NewDatabase(t, servers.PostgreSQL)
	expect := func(sub, want string, ok bool) string {
		t.Helper()
		out, err := runChanges(t, db, sub)
		if (err == nil) != ok || !strings.Contains(out, want) {
			t.Fatalf("%s: %v\n%s", sub, err, out)
		}
		return out
	}
	expect("status", "changes install", false)
	script := expect("print", "CREATE TRIGGER", true)
	if _, err := db.DB.Exec(script); err != nil {
		t.Fatal(err)
	}
	expect("status", "can be followed", true)
	expect("remove", "removed", true)
	expect("remove", "removed", true)
	expect("status", "has no trigger", false)
	expect("install", "installed", true)
	expect("install", "installed", true)
	expect("status", "can be followed", true)
}

func TestChangesOfOthers(t *testing.T) {
	for dialect, want := range map[servers.Kind]string{servers.MySQL: "GRANT REPLICATION SLAVE", servers.SQLite: "need no preparation"} {
		db := servers.NewDatabase(t, dialect)
		if out, err := runChanges(t, db, "print"); err != nil || !strings.Contains(out, want) {
			t.Errorf("%s: %v\n%s", dialect, err, out)
		}
		if out, err := runChanges(t, db, "status"); err != nil || !strings.Contains(out, "can be followed") {
			t.Errorf("%s: %v\n%s", dialect, err, out)
		}
		for _, sub := range []string{"install", "remove"} {
			if out, err := runChanges(t, db, sub); err == nil || !strings.Contains(out, "only PostgreSQL needs triggers") {
				t.Errorf("%s: %v\n%s", dialect, err, out)
			}
		}
	}
}

func TestChangesNeedsADatabase(t *testing.T) {
	cmd := changesCommand()
	cmd.SetArgs([]string{"status"})
	cmd.SetOut(new(bytes.Buffer))
	cmd.SetErr(new(bytes.Buffer))
	if err := cmd.Execute(); err == nil || !strings.Contains(err.Error(), `"database"`) {
		t.Errorf("%v", err)
	}
}

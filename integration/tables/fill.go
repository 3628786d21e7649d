package tables

import (
	"context"
	"slices"
	"testing"

	"github.com/glancegate/glancegate/integration/servers"
)

// Fill empties all tables and runs statements, in one transaction.
func Fill(t testing.TB, db *servers.Database, statements []string) {
	t.Helper()
	tx, err := db.DB.BeginTx(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }() // after the commit it does nothing
	for _, table := range slices.Backward(names) {
		if _, err := tx.Exec("DELETE FROM " + table); err != nil {
			t.Fatalf("%s: empty %s: %v", db.Dialect, table, err)
		}
	}
	for _, statement := range statements {
		if _, err := tx.Exec(statement); err != nil {
			t.Fatalf("%s: %v\n%s", db.Dialect, err, statement)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

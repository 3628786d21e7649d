package servers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
)

// tableNames are Glance's tables in an order in which rows may be inserted.
var tableNames = []string{
	"images", "image_properties", "image_tags", "image_locations", "image_members",
	"tasks", "task_info",
	"metadef_namespaces", "metadef_resource_types", "metadef_namespace_resource_types",
	"metadef_objects", "metadef_properties", "metadef_tags",
}

// Rows are all rows of all tables, each as one text.
type Rows map[string][]string

// Rows reads all rows of Glance's tables.
func (db *Database) Rows(t testing.TB) Rows {
	t.Helper()
	rows := Rows{}
	for _, table := range tableNames {
		var err error
		if rows[table], err = db.rowsOf(t.Context(), table); err != nil {
			t.Fatalf("%s: read %s: %v", db.Dialect, table, err)
		}
	}
	return rows
}

func (db *Database) rowsOf(ctx context.Context, table string) ([]string, error) {
	found, err := db.DB.QueryContext(ctx, "SELECT * FROM "+table)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	columns, err := found.Columns()
	if err != nil {
		return nil, err
	}
	var rows []string
	for found.Next() {
		cells := make([]any, len(columns))
		targets := make([]any, len(columns))
		for i := range cells {
			targets[i] = &cells[i]
		}
		if err := found.Scan(targets...); err != nil {
			return nil, err
		}
		var row strings.Builder
		for i, cell := range cells {
			if text, ok := cell.([]byte); ok {
				cell = string(text)
			}
			fmt.Fprintf(&row, "%s=%v ", columns[i], cell)
		}
		rows = append(rows, row.String())
	}
	slices.Sort(rows)
	return rows, found.Err()
}

// Changes lists the rows that are in one of the two only; none: they agree.
func (r Rows) Changes(after Rows) []string {
	var changes []string
	for _, table := range tableNames {
		for _, row := range r[table] {
			if _, still := slices.BinarySearch(after[table], row); !still {
				changes = append(changes, "- "+table+": "+row)
			}
		}
		for _, row := range after[table] {
			if _, before := slices.BinarySearch(r[table], row); !before {
				changes = append(changes, "+ "+table+": "+row)
			}
		}
	}
	return changes
}

// Fill empties all tables and runs statements, in one transaction.
func (db *Database) Fill(t testing.TB, statements ...string) {
	t.Helper()
	var err error
	for range 5 {
		// What another node of a cluster still writes goes first.
		var failed *mysql.MySQLError
		if err = db.fill(statements); !errors.As(err, &failed) || failed.Number != 1213 {
			break
		}
	}
	if err != nil {
		t.Fatalf("%s: %v", db.Dialect, err)
	}
}

func (db *Database) fill(statements []string) error {
	tx, err := db.DB.BeginTx(context.Background(), nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after the commit it does nothing
	for _, table := range slices.Backward(tableNames) {
		if _, err := tx.Exec("DELETE FROM " + table); err != nil {
			return fmt.Errorf("empty %s: %w", table, err)
		}
	}
	for _, statement := range statements {
		if _, err := tx.Exec(statement); err != nil {
			return fmt.Errorf("%w\n%s", err, statement)
		}
	}
	return tx.Commit()
}

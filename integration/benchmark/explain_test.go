package benchmark

import (
	"fmt"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/servers"
)

// explain prints the query plans of a request.
func explain(b *testing.B, db *servers.Database, name string, requests []request) {
	b.Helper()
	log := db
	if db.Dialect == servers.SQLite {
		log = servers.NewDatabase(b, servers.MySQL)
		fill(b, log, few, 1)
	}
	scripts, _ := captureScripts(b, log, requests)
	for _, s := range scripts[0] {
		b.Logf("%s, %s:\n%s\n%s", db.Dialect, name, shorten(s.text), planOf(b, db, s))
	}
}

// planners ask for the plan of a statement, as it is carried out where the
// database can tell.
var planners = map[servers.Kind]string{
	servers.PostgreSQL: "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) ",
	servers.MySQL:      "ANALYZE ",
	servers.SQLite:     "EXPLAIN QUERY PLAN ",
}

func planOf(b *testing.B, db *servers.Database, s statement) string {
	b.Helper()
	rows, err := db.DB.QueryContext(b.Context(), planners[db.Dialect]+s.text, s.args...)
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		b.Fatal(err)
	}
	var plan strings.Builder
	into := destinations(len(columns))
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			b.Fatal(err)
		}
		line := "\t"
		for n, column := range columns {
			line += field(column, *into[n].(*any))
		}
		plan.WriteString(cut(line, 250) + "\n")
	}
	if err := rows.Err(); err != nil {
		b.Fatal(err)
	}
	return plan.String()
}

// field is a column of a plan, with its name where the plan is a table.
func field(column string, value any) string {
	if text, ok := value.([]byte); ok {
		value = string(text)
	}
	switch column {
	case "QUERY PLAN", "detail":
		return fmt.Sprint(value)
	case "parent", "notused": // of SQLite, together with detail
		return ""
	}
	if value == nil {
		return ""
	}
	return fmt.Sprintf("%s=%v ", column, value)
}

// shorten leaves the columns of images out of a statement, and the end of a long
// one.
func shorten(text string) string {
	if before, rest, found := strings.Cut(text, "SELECT 0, "); found {
		_, after, _ := strings.Cut(rest, " FROM images i ")
		text = before + "SELECT ... FROM images i " + after
	}
	return cut(text, 500)
}

func cut(text string, length int) string {
	if len(text) <= length {
		return text
	}
	return text[:length] + "..."
}

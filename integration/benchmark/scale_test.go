package benchmark

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration"
	"github.com/glancegate/glancegate/integration/servers"
)

// few and many are the numbers of images that BenchmarkScale compares.
const (
	few  = 1_000
	many = 1_000_000
)

// BenchmarkScale asks for the default page of /images/detail in a database with
// many images, and in one with few. "1M/1k" is how much longer the former takes.
// The indexes are those that Glance makes. Query plans of the former are printed.
//
// It takes minutes and some GB of disk: GLANCE_SCALE=1 has to ask for it.
func BenchmarkScale(b *testing.B) {
	if os.Getenv("GLANCE_SCALE") != "1" {
		b.Skip("set GLANCE_SCALE=1 (make bench-scale)")
	}
	for _, dialect := range servers.Dialects {
		b.Run(string(dialect), func(b *testing.B) {
			start := time.Now()
			large, small := servers.NewDatabase(b, dialect), servers.NewDatabase(b, dialect)
			fill(b, large, many, 1)
			fill(b, small, few, 1)
			b.Logf("%s: rows made in %s", dialect, time.Since(start).Round(time.Second))
			urls := integration.StartSites(b, "servers {\nprotocols h1\n}", serving(large), serving(small))
			for _, l := range listers {
				list := []request{{method: http.MethodGet, path: "/images/detail", caller: l.caller}}
				explain(b, large, l.name, list)
				b.Run(l.name, func(b *testing.B) {
					c := compare(b, 1,
						overHTTP(b, "1M", urls[0], 1, list),
						overHTTP(b, "1k", urls[1], 1, list))
					b.ReportMetric(1/c.share(1), "1M/1k")
				})
			}
		})
	}
}

// listers are the callers whose lists are restricted in different ways.
var listers = []struct {
	name string
	caller
}{
	{"tenant", tenant},
	{"admin-with-project", caller{project: project(0), roles: "admin"}},
	{"admin-without-project", caller{roles: "admin"}},
}

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

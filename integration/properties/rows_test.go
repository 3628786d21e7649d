package properties

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/glancegate/glancegate/integration/registrytest"
)

// rowsOf are queries for what requests leave in the database, without times and
// numbers of rows: texts first, then flags.
var rowsOf = []struct {
	query        string
	texts, flags int
}{
	{"SELECT id, name, status, owner, visibility, size, min_ram, protected, deleted, deleted_at IS NULL FROM images ORDER BY id", 7, 3},
	{"SELECT image_id, name, value, deleted, deleted_at IS NULL FROM image_properties ORDER BY image_id, name", 3, 2},
	{"SELECT image_id, value, meta_data, status, deleted, deleted_at IS NULL FROM image_locations ORDER BY image_id, id", 4, 2},
	{"SELECT image_id, member, status, can_share, deleted, deleted_at IS NULL FROM image_members ORDER BY image_id, id", 3, 3},
}

// TestRowsAgree changes images at random, their locations above all, and compares
// what is left of them, the deleted rows too, which no answer of v1 shows.
func TestRowsAgree(t *testing.T) {
	nodes := eachNode(t)
	kinds := rapid.SampledFrom([]string{
		"locations", "locations", "update", "set member", "replace members", "delete member", "delete", "create",
	})
	rapid.Check(t, func(rt *rapid.T) {
		for _, n := range nodes {
			n.empty(t)
		}
		agree := func(request func(node) string) {
			want := request(nodes[0])
			for _, n := range nodes[1:] {
				if got := request(n); got != want {
					rt.Fatalf("%s: %s\n%s: %s", nodes[0].dialect, want, n.dialect, got)
				}
			}
		}
		for n := range 2 { // to work on
			agree(operation{
				request: "POST /images", caller: registrytest.Admin(),
				body: registrytest.Object{"image": registrytest.Object{
					"id": uuid(n + 1), "created_at": "2020-01-01T00:00:00", "location": "file:///first",
				}},
			}.on)
		}
		for range rapid.IntRange(10, 40).Draw(rt, "requests") {
			kind := kinds.Draw(rt, "operation")
			if kind == "locations" {
				agree(locations(t, rt))
				continue
			}
			o := operations[kind](rt)
			o.caller = callers.Draw(rt, "caller")
			agree(o.on)
		}
		want := nodes[0].rows(t)
		for _, n := range nodes[1:] {
			if got := n.rows(t); got != want {
				rt.Fatalf("%s:\n%s\n%s:\n%s", nodes[0].dialect, want, n.dialect, got)
			}
		}
	})
}

// rows is all that the database holds, as lines of text for comparison.
func (n node) rows(t *testing.T) string {
	t.Helper()
	var lines strings.Builder
	for _, of := range rowsOf {
		rows, err := n.db.Query(of.query)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			texts, flags := make([]sql.NullString, of.texts), make([]sql.NullBool, of.flags)
			var targets []any
			for i := range texts {
				targets = append(targets, &texts[i])
			}
			for i := range flags {
				targets = append(targets, &flags[i])
			}
			if err := rows.Scan(targets...); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintln(&lines, texts, flags)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return lines.String()
}

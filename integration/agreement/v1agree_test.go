package agreement

import (
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/registry/access"
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

// The same random requests to registry v1 get the same answers.
func TestV1Agrees(t *testing.T) {
	e := newEnsemble(t)
	kinds := rapid.SampledFrom(slices.Sorted(maps.Keys(operations)))
	rapid.Check(t, func(rt *rapid.T) {
		e.empty()
		send := func(kind string, caller *access.Caller) {
			o := operations[kind](rt)
			o.caller = caller
			e.agree(rt, o.String(), o.on)
		}
		// Something to work on, shared with somebody.
		for _, kind := range []string{"create", "create", "create", "create", "set member", "set member", "set member"} {
			send(kind, registrytest.Admin())
		}
		for range rapid.IntRange(0, 30).Draw(rt, "requests") {
			send(kinds.Draw(rt, "operation"), drawCaller(rt))
		}
		// What everybody sees in the end.
		for _, o := range []operation{
			{request: "GET /images/detail", caller: registrytest.Member("t1")},
			{request: "GET /images/detail", caller: registrytest.Member("t2")},
			{request: "GET /images/detail", caller: registrytest.Member("t3")},
			{request: "GET /images/detail", caller: registrytest.Unscoped()},
			{request: "GET /images/detail?is_public=none&changes-since=2019", caller: registrytest.Admin()},
		} {
			e.agree(rt, o.String(), o.on)
		}
	})
}

// Random changes of images over v1, of their locations above all, leave the same
// rows, the deleted ones too, which no answer of v1 shows.
func TestRowsAgree(t *testing.T) {
	e := newEnsemble(t)
	kinds := rapid.SampledFrom([]string{
		"locations", "locations", "update", "set member", "replace members", "delete member", "delete", "create",
	})
	rapid.Check(t, func(rt *rapid.T) {
		e.empty()
		for n := range 2 { // to work on
			first := operation{request: "POST /images", caller: registrytest.Admin(), body: object{"image": object{
				"id": uuid(n + 1), "created_at": "2020-01-01T00:00:00", "location": "file:///first",
			}}}
			e.agree(rt, first.String(), first.on)
		}
		for range rapid.IntRange(10, 40).Draw(rt, "requests") {
			kind := kinds.Draw(rt, "operation")
			if kind == "locations" {
				e.agree(rt, "change locations", changeLocations(t, rt))
				continue
			}
			o := operations[kind](rt)
			o.caller = drawCaller(rt)
			e.agree(rt, o.String(), o.on)
		}
		e.agree(rt, "rows", func(m *member) string { return m.content(t) })
	})
}

// content is all that the database holds, as lines of text for comparison.
func (m *member) content(t *testing.T) string {
	t.Helper()
	var lines strings.Builder
	for _, of := range rowsOf {
		rows, err := m.db.DB.Query(of.query)
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

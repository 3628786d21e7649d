package dbbackend

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/dbbackend/internal/sqltext"
	"github.com/glancegate/glancegate/registry/records"
)

// SQLite reads a page in the order of its index, and does not sort all images, whatever
// the list is filtered by. An id is looked up.
func TestSQLiteReadsPagesInOrder(t *testing.T) {
	b, err := Open(Config{URL: "sqlite:///" + filepath.Join(t.TempDir(), "glance.sqlite"), Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	s, err := b.schema(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, scope := range []records.Scope{{}, {Restricted: true, Owner: records.NullOf("p")}} {
		for _, c := range []records.Condition{
			records.Is("deleted", false), records.Is("status", "active"), records.Is("name", "a"), records.Is("disk_format", "raw"),
			records.Is("container_format", "bare"), records.Is("min_ram", int64(512)), records.Is("size", int64(512)), records.Is("id", "a"),
			{Column: "size", Op: records.GreaterOrEqual, Values: []any{int64(512)}}, {Column: "status", Op: records.In, Values: []any{"active", "queued"}},
		} {
			q := &records.Query{
				Scope: scope, Where: []records.Condition{records.Is("deleted", false), c}, Limit: 25,
				Sort: []records.SortKey{{Column: "created_at", Descending: true}, {Column: "id", Descending: true}},
			}
			want := "created_at_image_idx"
			if c.Column == "id" {
				want = "sqlite_autoindex_images_1"
			}
			if plan := planOf(t, b, s, q); !strings.Contains(plan, want) {
				t.Errorf("%+v, %s: %s", scope, c.Column, plan)
			}
		}
	}
}

func planOf(t *testing.T, b *Backend, s *sqltext.Schema, q *records.Query) string {
	t.Helper()
	st, err := b.d.PageStatement(s, q, InOrder)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := b.pool.Query(t.Context(), b.d.Prepared("plan", "EXPLAIN QUERY PLAN "+st.String(), st.Args...))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var plan []string
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		plan = append(plan, step)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return strings.Join(plan, "; ")
}

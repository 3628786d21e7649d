package dbbackend

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/glancegate/glancegate/registry"
)

// withTasks opens a new database with the tasks a, b and c, in this order. All
// but b have a task_info, and all but a an end.
func withTasks(t *testing.T) *Backend {
	t.Helper()
	b, err := Open(Config{URL: "sqlite:///" + filepath.Join(t.TempDir(), "glance.sqlite"), Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	start := time.Date(2026, 11, 23, 16, 40, 10, 0, time.UTC)
	err = b.InTx(context.Background(), func(tx registry.Tx) error {
		for n, id := range []string{"a", "b", "c"} {
			row := registry.Values{
				{Column: "id", Value: id}, {Column: "type", Value: "import"}, {Column: "status", Value: "pending"},
				{Column: "owner", Value: "t"}, {Column: "created_at", Value: start}, {Column: "deleted", Value: false},
			}
			if id != "a" {
				row.Set("expires_at", start.Add(time.Duration(n)*time.Hour))
			}
			if _, err := tx.Insert(context.Background(), registry.Tasks, row); err != nil {
				return err
			}
			info := registry.Values{{Column: "task_id", Value: id}, {Column: "message", Value: "of " + id}}
			if id == "b" {
				continue
			}
			if _, err := tx.Insert(context.Background(), registry.TaskInfo, info); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func rowIDs(t *testing.T, b *Backend, q registry.RowQuery) []string {
	t.Helper()
	rows, err := b.Rows(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	ids := make([]string, len(rows))
	for n, r := range rows {
		ids[n] = r.Text("id")
	}
	return ids
}

func TestJoinedRows(t *testing.T) {
	rows, err := withTasks(t).Rows(context.Background(), registry.RowQuery{
		Table: registry.Tasks,
		Join: &registry.Join{
			Table: registry.TaskInfo, Column: "task_id", Of: "id",
			Where: []registry.Condition{{Column: "message", Op: registry.NotEqual, Values: []any{"of c"}}},
		},
		Sort: []registry.SortKey{{Column: "id"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	var joined []any
	for _, r := range rows {
		joined = append(joined, r["id"], r[registry.Joined(registry.TaskInfo, "message")])
	}
	if !slices.Equal(joined, []any{"a", "of a", "b", nil, "c", nil}) {
		t.Errorf("got %v", joined)
	}
}

func TestSelectedRows(t *testing.T) {
	selection := registry.Selection{Table: registry.TaskInfo, Column: "task_id", Where: []registry.Condition{
		{Column: "task_id", Op: registry.In, Values: []any{registry.Selection{
			Table: registry.Tasks, Column: "id", Where: []registry.Condition{{Column: "id", Op: registry.Greater, Values: []any{"a"}}},
		}}},
	}}
	ids := rowIDs(t, withTasks(t), registry.RowQuery{
		Table: registry.Tasks,
		Where: []registry.Condition{{Column: "id", Op: registry.In, Values: []any{selection}}},
	})
	if !slices.Equal(ids, []string{"c"}) {
		t.Errorf("got %v", ids)
	}
}

// TestPlaceOfNulls pages row by row, so that markers without a value are met,
// too.
func TestPlaceOfNulls(t *testing.T) {
	b := withTasks(t)
	for _, row := range []struct {
		nulls      registry.Nulls
		descending bool
		want       string
	}{
		{registry.NullsByDatabase, false, "abc"}, {registry.NullsByDatabase, true, "cba"},
		{registry.NullsFirst, false, "abc"}, {registry.NullsFirst, true, "acb"},
		{registry.NullsLast, false, "bca"}, {registry.NullsLast, true, "cba"},
	} {
		q := registry.RowQuery{Table: registry.Tasks, Limit: 1, Sort: []registry.SortKey{
			{Column: "expires_at", Descending: row.descending, Nulls: row.nulls}, {Column: "id"},
		}}
		var got string
		for range 4 {
			page, err := b.Rows(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) > 0 {
				got += page[0].Text("id")
				q.Marker = page[0]
			}
		}
		if got != row.want {
			t.Errorf("nulls %d, descending %v: %s", row.nulls, row.descending, got)
		}
	}
}

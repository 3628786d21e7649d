package dbbackend

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/glancegate/glancegate/registry/records"
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
	err = b.InTx(context.Background(), func(tx records.Tx) error {
		for n, id := range []string{"a", "b", "c"} {
			row := records.Values{
				{Column: "id", Value: id}, {Column: "type", Value: "import"}, {Column: "status", Value: "pending"},
				{Column: "owner", Value: "t"}, {Column: "created_at", Value: start}, {Column: "deleted", Value: false},
			}
			if id != "a" {
				row.Set("expires_at", start.Add(time.Duration(n)*time.Hour))
			}
			if _, err := tx.Insert(context.Background(), records.Tasks, row); err != nil {
				return err
			}
			info := records.Values{{Column: "task_id", Value: id}, {Column: "message", Value: "of " + id}}
			if id == "b" {
				continue
			}
			if _, err := tx.Insert(context.Background(), records.TaskInfo, info); err != nil {
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

func rowIDs(t *testing.T, b *Backend, q records.RowQuery) []string {
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
	rows, err := withTasks(t).Rows(context.Background(), records.RowQuery{
		Table: records.Tasks,
		Join: &records.Join{
			Table: records.TaskInfo, Column: "task_id", Of: "id",
			Where: []records.Condition{{Column: "message", Op: records.NotEqual, Values: []any{"of c"}}},
		},
		Sort: []records.SortKey{{Column: "id"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	var joined []any
	for _, r := range rows {
		joined = append(joined, r["id"], r[records.Joined(records.TaskInfo, "message")])
	}
	if !slices.Equal(joined, []any{"a", "of a", "b", nil, "c", nil}) {
		t.Errorf("got %v", joined)
	}
}

func TestSelectedRows(t *testing.T) {
	selection := records.Selection{Table: records.TaskInfo, Column: "task_id", Where: []records.Condition{
		{Column: "task_id", Op: records.In, Values: []any{records.Selection{
			Table: records.Tasks, Column: "id", Where: []records.Condition{{Column: "id", Op: records.Greater, Values: []any{"a"}}},
		}}},
	}}
	ids := rowIDs(t, withTasks(t), records.RowQuery{
		Table: records.Tasks,
		Where: []records.Condition{{Column: "id", Op: records.In, Values: []any{selection}}},
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
		nulls      records.Nulls
		descending bool
		want       string
	}{
		{records.NullsByDatabase, false, "abc"}, {records.NullsByDatabase, true, "cba"},
		{records.NullsFirst, false, "abc"}, {records.NullsFirst, true, "acb"},
		{records.NullsLast, false, "bca"}, {records.NullsLast, true, "cba"},
	} {
		q := records.RowQuery{Table: records.Tasks, Limit: 1, Sort: []records.SortKey{
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

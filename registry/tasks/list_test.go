package tasks

import (
	"reflect"
	"testing"

	"github.com/glancegate/glancegate/integration/ruletest"

	"github.com/glancegate/glancegate/registry/internal/coerce"
	"github.com/glancegate/glancegate/registry/records"
)

func TestTaskFilters(t *testing.T) {
	for text, want := range map[string]any{
		`{"foo": 1, "owner": null, "input": "x"}`: []records.Condition(nil),
		`{"status": "pending", "type": 5}`:        []records.Condition{records.Is("status", "pending"), records.Is("type", "5")},
		`{"deleted": null}`:                       []records.Condition{records.Is("deleted", nil)},
		`{"deleted": false}`:                      []records.Condition{records.Is("deleted", false)},
		`{"deleted": "x"}`:                        []records.Condition{records.Is("deleted", "x")},
		`{"status": ["a"]}`:                       []records.Condition{records.Is("status", records.ListItem("a"))},
		`{"expires_at": "soon"}`:                  "expires_at must be a time such as 2026-11-23T16:10:00.000000, in UTC without a zone",
		`{"status": {}}`:                          "status must be a text",
	} {
		got, err := conditionsOf(ruletest.Object(t, text))
		if err != nil {
			if err.Error() != want {
				t.Errorf("%s: %v", text, err)
			}
			continue
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func TestTaskOrder(t *testing.T) {
	if _, err := orderOf("message", "asc"); !records.IsKind(err, records.InvalidSortKey) {
		t.Errorf("a column of task_info: %v", err)
	}
	for _, row := range [][2]any{{nil, "asc"}, {[]any{"id"}, "asc"}, {"id", "up"}, {"id", 5}} {
		if _, err := orderOf(row[0], row[1]); !records.IsKind(err, records.BadValue) {
			t.Errorf("%v: %v", row, err)
		}
	}
}

func TestTaskDirections(t *testing.T) {
	for _, row := range []struct {
		v    any
		want records.SortKey
		ok   bool
	}{
		{nil, records.SortKey{}, true},
		{"desc", records.SortKey{Descending: true}, true},
		{"", records.SortKey{}, false},
		{"DESC", records.SortKey{}, false},
		{[]any{"asc"}, records.SortKey{}, false},
		{"asc-nullsfirst", records.SortKey{}, false},
	} {
		if got, ok := coerce.SortDirection(row.v, directions); got != row.want || ok != row.ok {
			t.Errorf("%v: %v, %v", row.v, got, ok)
		}
	}
}

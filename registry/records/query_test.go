package records

import (
	"reflect"
	"testing"
)

func TestListOrder(t *testing.T) {
	for _, row := range []struct {
		table     Table
		key       string
		direction SortKey
		want      []SortKey
	}{
		{Tasks, "id", SortKey{}, []SortKey{{Column: "created_at"}, {Column: "id"}}},
		{Tasks, "created_at", SortKey{Descending: true}, []SortKey{{Column: "created_at", Descending: true}, {Column: "id", Descending: true}}},
		{Tasks, "status", SortKey{}, []SortKey{{Column: "status"}, {Column: "created_at"}, {Column: "id"}}},
		{MetadefNamespaces, "description", SortKey{Nulls: NullsLast}, []SortKey{{Column: "description", Nulls: NullsLast}, {Column: "created_at"}, {Column: "id"}}},
		{MetadefNamespaces, "namespace", SortKey{Nulls: NullsLast}, []SortKey{{Column: "namespace"}, {Column: "created_at"}, {Column: "id"}}},
	} {
		if got := ListOrder(row.table, row.key, row.direction); !reflect.DeepEqual(got, row.want) {
			t.Errorf("%s %s: %v", row.table, row.key, got)
		}
	}
}

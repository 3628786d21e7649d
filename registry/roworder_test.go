package registry

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
		if got := listOrder(row.table, row.key, row.direction); !reflect.DeepEqual(got, row.want) {
			t.Errorf("%s %s: %v", row.table, row.key, got)
		}
	}
}

func TestSortDirection(t *testing.T) {
	for _, row := range []struct {
		v     any
		known map[string]SortKey
		want  SortKey
		ok    bool
	}{
		{nil, taskDirections, SortKey{}, true},
		{"desc", taskDirections, SortKey{Descending: true}, true},
		{"", taskDirections, SortKey{}, false},
		{"DESC", taskDirections, SortKey{}, false},
		{[]any{"asc"}, taskDirections, SortKey{}, false},
		{"asc-nullsfirst", taskDirections, SortKey{}, false},
		{"desc-nullslast", metadefDirections, SortKey{Descending: true, Nulls: NullsLast}, true},
	} {
		if got, ok := sortDirection(row.v, row.known); got != row.want || ok != row.ok {
			t.Errorf("%v: %v, %v", row.v, got, ok)
		}
	}
}

package metadefs

import (
	"reflect"
	"testing"

	"github.com/glancegate/glancegate/integration/ruletest"

	"github.com/glancegate/glancegate/registry/internal/coerce"
	"github.com/glancegate/glancegate/registry/records"
)

func TestNamespaceFilters(t *testing.T) {
	ids := func(ids ...any) records.Condition {
		return records.Condition{Column: "id", Op: records.In, Values: ids}
	}
	for text, want := range map[string]any{
		`{"foo": 1, "visibility": null, "id_list": null}`:   []records.Condition(nil),
		`{"visibility": "public", "owner": "x"}`:            []records.Condition{records.Is("visibility", "public")},
		`{"id_list": []}`:                                   []records.Condition{ids()},
		`{"id_list": [1, "4", "x", null, -3, 99999999999]}`: []records.Condition{ids(int64(1), int64(4))},
		`{"resource_types": "A,B", "id_list": [7]}`:         []records.Condition{ofResourceTypes([]string{"A", "B"})},
		`{"resource_types": "", "visibility": "private"}`:   []records.Condition{records.Is("visibility", "private"), ofResourceTypes([]string{""})},
		`{"resource_types": null}`:                          "resource_types must be names with commas between them",
		`{"id_list": "1"}`:                                  "id_list must be a list of numbers",
		`{"visibility": {"a": 1}, "resource_types": "x"}`:   "visibility must be a text",
	} {
		got, err := namespaceFilters(ruletest.Object(t, text))
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

func TestMetadefDirections(t *testing.T) {
	want := records.SortKey{Descending: true, Nulls: records.NullsLast}
	if got, ok := coerce.SortDirection("desc-nullslast", directions); got != want || !ok {
		t.Errorf("%v, %v", got, ok)
	}
}

package registry

import (
	"reflect"
	"testing"
)

func TestNamespaceFilters(t *testing.T) {
	ids := func(ids ...any) Condition { return Condition{Column: "id", Op: In, Values: ids} }
	for text, want := range map[string]any{
		`{"foo": 1, "visibility": null, "id_list": null}`:   []Condition(nil),
		`{"visibility": "public", "owner": "x"}`:            []Condition{Is("visibility", "public")},
		`{"id_list": []}`:                                   []Condition{ids()},
		`{"id_list": [1, "4", "x", null, -3, 99999999999]}`: []Condition{ids(int64(1), int64(4))},
		`{"resource_types": "A,B", "id_list": [7]}`:         []Condition{ofResourceTypes([]string{"A", "B"})},
		`{"resource_types": "", "visibility": "private"}`:   []Condition{Is("visibility", "private"), ofResourceTypes([]string{""})},
		`{"resource_types": null}`:                          "resource_types must be names with commas between them",
		`{"id_list": "1"}`:                                  "id_list must be a list of numbers",
		`{"visibility": {"a": 1}, "resource_types": "x"}`:   "visibility must be a text",
	} {
		got, err := namespaceFilters(jsonObject(t, text))
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

package registry

import (
	"reflect"
	"testing"
)

func TestTaskFilters(t *testing.T) {
	for text, want := range map[string]any{
		`{"foo": 1, "owner": null, "input": "x"}`: []Condition(nil),
		`{"status": "pending", "type": 5}`:        []Condition{Is("status", "pending"), Is("type", "5")},
		`{"deleted": null}`:                       []Condition{Is("deleted", nil)},
		`{"deleted": false}`:                      []Condition{Is("deleted", false)},
		`{"deleted": "x"}`:                        []Condition{Is("deleted", "x")},
		`{"status": ["a"]}`:                       []Condition{Is("status", ListItem("a"))},
		`{"expires_at": "soon"}`:                  "expires_at must be a time such as 2026-11-23T16:10:00.000000, in UTC without a zone",
		`{"status": {}}`:                          "status must be a text",
	} {
		got, err := taskFilters(jsonObject(t, text))
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
	if _, err := taskOrder("message", "asc"); !isKind(err, InvalidSortKey) {
		t.Errorf("a column of task_info: %v", err)
	}
	for _, row := range [][2]any{{nil, "asc"}, {[]any{"id"}, "asc"}, {"id", "up"}, {"id", 5}} {
		if _, err := taskOrder(row[0], row[1]); !isKind(err, BadValue) {
			t.Errorf("%v: %v", row, err)
		}
	}
}

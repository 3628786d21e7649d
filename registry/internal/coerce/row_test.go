package coerce

import (
	"reflect"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/ruletest"

	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry/records"
)

func TestNewRow(t *testing.T) {
	defaults := records.Values{{Column: "namespace_id", Value: int64(1)}, {Column: "json_schema", Value: "{}"}, {Column: "created_at", Value: "now"}}
	for values, want := range map[string]any{
		`{"name": "n", "foo": 1}`:               records.Values{{Column: "name", Value: "n"}, {Column: "namespace_id", Value: int64(1)}, {Column: "json_schema", Value: "{}"}, {Column: "created_at", Value: "now"}},
		`{"name": 5, "json_schema": null}`:      records.Values{{Column: "name", Value: "5"}, {Column: "namespace_id", Value: int64(1)}, {Column: "json_schema", Value: "{}"}, {Column: "created_at", Value: "now"}},
		`{"id": 7, "json_schema": [1.50, "é"]}`: "name must not be null",
		`{"name": null}`:                        "name must not be null",
		`{"name": {}}`:                          "name must be a text",
	} {
		row, err := NewRow(records.MetadefProperties, ruletest.Object(t, values), defaults)
		if err != nil {
			if err.Error() != want {
				t.Errorf("%s: %v", values, err)
			}
			continue
		}
		if !reflect.DeepEqual(row, want) {
			t.Errorf("%s: %v, want %v", values, row, want)
		}
	}
}

func TestColumnsOfUpdate(t *testing.T) {
	row, err := Columns(records.MetadefObjects, ruletest.Object(t, `{"description": null, "json_schema": {"b": [1.50, "é"]}, "foo": 1}`))
	want := records.Values{{Column: "description", Value: nil}, {Column: "json_schema", Value: `{"b": [1.5, "\u00e9"]}`}}
	if err != nil || !reflect.DeepEqual(row, want) {
		t.Errorf("%v, %v", row, err)
	}
	if _, err := Columns(records.MetadefObjects, ruletest.Object(t, `{"json_schema": null}`)); err == nil || err.Error() != "json_schema must not be null" {
		t.Errorf("null: %v", err)
	}
}

func TestChangesOfARow(t *testing.T) {
	at := time.Date(2026, 11, 23, 16, 40, 10, 0, time.UTC)
	row := records.Row{"name": "a", "protected": nil, "id": int64(4), "expires_at": at}
	same := records.Values{{Column: "name", Value: "a"}, {Column: "protected", Value: nil}, {Column: "id", Value: int64(4)}, {Column: "expires_at", Value: at.In(time.FixedZone("", 3600))}}
	if got := row.Changes(same); len(got) != 0 {
		t.Errorf("nothing changed, but %v", got)
	}
	other := records.Values{{Column: "name", Value: nil}, {Column: "protected", Value: false}, {Column: "id", Value: int64(5)}, {Column: "expires_at", Value: at.Add(time.Second)}}
	if got := row.Changes(other); !reflect.DeepEqual(got, other) {
		t.Errorf("got %v", got)
	}
}

// TestRemember answers what a client sent, but JSON as it is stored.
func TestRemember(t *testing.T) {
	row := records.Row{"status": "old"}
	Remember(row, records.Values{{Column: "status", Value: "5"}, {Column: "type", Value: "t"}, {Column: "input", Value: `{"a": 1}`}}, ruletest.Object(t, `{"status": 5, "type": null, "input": {"a":1}}`))
	want := `{"input": "{\"a\": 1}", "status": 5, "type": "t"}`
	o := pyjson.NewObject()
	for _, key := range []string{"input", "status", "type"} {
		o.Set(key, row[key])
	}
	if got := string(pyjson.Append(nil, o)); got != want {
		t.Errorf("got %s", got)
	}
}

func TestTimesInStoredJSON(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 678000, time.UTC)
	o := pyjson.NewObject()
	o.Set("list", []any{at, nil, true})
	if got := StoredJSON(o); got != `{"list": ["2026-01-02T03:04:05.000678", null, true]}` {
		t.Errorf("got %s", got)
	}
	if list, _ := o.Get("list"); list.([]any)[0] != at {
		t.Error("the value itself was changed")
	}
}

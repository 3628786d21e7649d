package registry

import (
	"reflect"
	"testing"
	"time"

	"github.com/glancegate/glancegate/registry/pyjson"
)

func jsonObject(t *testing.T, text string) *pyjson.Object {
	t.Helper()
	v, err := pyjson.Decode([]byte(text), 100)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v.(*pyjson.Object)
}

func TestNewRow(t *testing.T) {
	defaults := Values{{Column: "namespace_id", Value: int64(1)}, {Column: "json_schema", Value: "{}"}, {Column: "created_at", Value: "now"}}
	for values, want := range map[string]any{
		`{"name": "n", "foo": 1}`:               Values{{"name", "n"}, {"namespace_id", int64(1)}, {"json_schema", "{}"}, {"created_at", "now"}},
		`{"name": 5, "json_schema": null}`:      Values{{"name", "5"}, {"namespace_id", int64(1)}, {"json_schema", "{}"}, {"created_at", "now"}},
		`{"id": 7, "json_schema": [1.50, "é"]}`: "name must not be null",
		`{"name": null}`:                        "name must not be null",
		`{"name": {}}`:                          "name must be a text",
	} {
		row, err := newRow(MetadefProperties, jsonObject(t, values), defaults)
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
	row, err := columnsOf(MetadefObjects, jsonObject(t, `{"description": null, "json_schema": {"b": [1.50, "é"]}, "foo": 1}`))
	want := Values{{"description", nil}, {"json_schema", `{"b": [1.5, "\u00e9"]}`}}
	if err != nil || !reflect.DeepEqual(row, want) {
		t.Errorf("%v, %v", row, err)
	}
	if _, err := columnsOf(MetadefObjects, jsonObject(t, `{"json_schema": null}`)); err == nil || err.Error() != "json_schema must not be null" {
		t.Errorf("null: %v", err)
	}
}

func TestChangesOfARow(t *testing.T) {
	at := time.Date(2026, 11, 23, 16, 40, 10, 0, time.UTC)
	row := Row{"name": "a", "protected": nil, "id": int64(4), "expires_at": at}
	same := Values{{"name", "a"}, {"protected", nil}, {"id", int64(4)}, {"expires_at", at.In(time.FixedZone("", 3600))}}
	if got := row.changes(same); len(got) != 0 {
		t.Errorf("nothing changed, but %v", got)
	}
	other := Values{{"name", nil}, {"protected", false}, {"id", int64(5)}, {"expires_at", at.Add(time.Second)}}
	if got := row.changes(other); !reflect.DeepEqual(got, other) {
		t.Errorf("got %v", got)
	}
}

// TestRemember answers what a client sent, but JSON as it is stored.
func TestRemember(t *testing.T) {
	row := Row{"status": "old"}
	row.remember(Values{{"status", "5"}, {"type", "t"}, {"input", `{"a": 1}`}}, jsonObject(t, `{"status": 5, "type": null, "input": {"a":1}}`))
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
	if got := storedJSON(o); got != `{"list": ["2026-01-02T03:04:05.000678", null, true]}` {
		t.Errorf("got %s", got)
	}
	if list, _ := o.Get("list"); list.([]any)[0] != at {
		t.Error("the value itself was changed")
	}
}

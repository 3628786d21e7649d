package rest

import (
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry/internal/coerce"
)

func TestNormalizeLocations(t *testing.T) {
	for text, want := range map[string]string{
		`{}`:                                    `{}`,
		`{"location": "a"}`:                     `{"locations": [{"url": "a", "metadata": {}, "status": "active"}]}`,
		`{"locations": []}`:                     `{"locations": []}`,
		`{"location_data": []}`:                 `{"locations": []}`,
		`{"location_data": {}}`:                 `{"locations": []}`,
		`{"locations": "ab"}`:                   `{"locations": [{"url": "a", "metadata": {}, "status": "active"}, {"url": "b", "metadata": {}, "status": "active"}]}`,
		`{"location": "a", "locations": ["b"]}`: `{"locations": [{"url": "a", "metadata": {}, "status": "active"}]}`,
		`{"locations": ["a"], "location_data": [{"url": "b", "metadata": 1, "status": "x"}, {"url": "a", "metadata": 2, "status": "y", "id": 7}]}`: `{"locations": [{"url": "a", "metadata": 2, "status": "y", "id": 7}, {"url": "b", "metadata": 1, "status": "x", "id": null}]}`,
		`{"location_data": [{"url": "a", "metadata": 1, "status": "x"}, {"url": "a", "metadata": 2, "status": "y"}]}`:                              `{"locations": [{"url": "a", "metadata": 2, "status": "y", "id": null}]}`,
	} {
		o := decode(t, text)
		if err := normalizeLocations(o); err != nil {
			t.Errorf("%s: %v", text, err)
		} else if got := string(pyjson.Append(nil, o)); got != want {
			t.Errorf("%s:\n got %s\nwant %s", text, got, want)
		}
	}
	for _, text := range []string{
		`{"location": null}`, `{"location": {}}`, `{"locations": null}`, `{"locations": {}}`, `{"locations": [null]}`,
		`{"location_data": null}`, `{"location_data": "x"}`, `{"location_data": [5]}`, `{"location_data": [{"url": "a", "status": "x"}]}`,
		`{"location_data": [{"url": "a", "metadata": {}}]}`, `{"location_data": [{"metadata": {}, "status": "x"}]}`,
		`{"locations": "` + strings.Repeat("a", coerce.MaxListText+1) + `"}`,
	} {
		if err := normalizeLocations(decode(t, text)); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
}

func decode(t *testing.T, text string) *pyjson.Object {
	t.Helper()
	v, err := pyjson.Decode([]byte(text), 10)
	if err != nil {
		t.Fatal(err)
	}
	return v.(*pyjson.Object)
}

// FuzzBody takes any JSON object for an image.
func FuzzBody(f *testing.F) {
	for _, s := range []string{
		`{"location": "a", "location_data": [{"url": "b", "metadata": {}, "status": "x", "id": 1}]}`,
		`{"locations": ["a", 5, true], "id": "x", "properties": {"a": null}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		defer kit.Cheap(t, len(text))()
		v, err := pyjson.Decode(text, 20)
		o, ok := v.(*pyjson.Object)
		if err != nil || !ok {
			return
		}
		if normalizeLocations(o) != nil {
			return
		}
		list, _ := o.Get("locations")
		if items, ok := list.([]any); ok {
			for _, item := range items {
				if l, ok := item.(*pyjson.Object); !ok || l.Len() < 3 {
					t.Fatalf("%s: %s", text, pyjson.Append(nil, list))
				}
			}
		}
		_ = checkNewID(o)
	})
}

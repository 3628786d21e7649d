package shadow

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/kit"
)

func exchange(rpc bool, calls ...string) *Exchange {
	return &Exchange{Request: &Request{Method: "GET", URL: &url.URL{Path: "/images"}, Header: http.Header{}}, Calls: calls, RPC: rpc}
}

func answer(status int, body string, header ...string) *Answer {
	a := &Answer{Status: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(body)}
	for n := 0; n < len(header); n += 2 {
		a.Header.Set(header[n], header[n+1])
	}
	return a
}

// What may differ has a name, and is no difference.
func TestAllowed(t *testing.T) {
	crash := `[{"_error": {"cls": "builtins.KeyError", "val": "x"}}]`
	refusal := `[{"_error": {"cls": "glance.common.exception.Invalid", "val": "%s"}}]`
	for name, c := range map[string]struct {
		call     string
		old, new *Answer
		want     []string
	}{
		"the same":        {"images.index", answer(200, `{"a": 1}`), answer(200, `{"a": 1}`), nil},
		"date":            {"images.index", answer(200, `{}`, "Date", "a"), answer(200, `{}`, "Date", "b"), []string{TimeOfAnswer}},
		"request id":      {"images.index", answer(200, `{}`, "X-Openstack-Request-Id", "a"), answer(200, `{}`, "X-Openstack-Request-Id", "b"), []string{RequestID}},
		"key order":       {"images.index", answer(200, `{"a": 1, "b": 2}`), answer(200, `{"b": 2, "a": 1}`), []string{KeyOrder}},
		"encoding":        {"images.index", answer(200, `{"a":"é"}`), answer(200, `{"a": "\u00e9"}`), []string{Encoding}},
		"tags":            {"images.show", answer(200, `{"tags": ["a", "b"]}`), answer(200, `{"tags": ["b", "a"]}`), []string{UnorderedList}},
		"list of tags":    {"rpc.image_tag_get_all", answer(200, `[["a", "b"]]`), answer(200, `[["b", "a"]]`), []string{UnorderedList}},
		"first location":  {"images.show", answer(200, `{"location": "a", "location_data": [{"id": 1, "url": "a"}, {"id": 2, "url": "b"}]}`), answer(200, `{"location": "b", "location_data": [{"id": 2, "url": "b"}, {"id": 1, "url": "a"}]}`), []string{FirstLocation, UnorderedList}},
		"text of error":   {"images.show", answer(404, `{"message": "no"}`), answer(404, `{"message": "not found"}`), []string{ErrorText}},
		"format of error": {"images.show", answer(404, "404 Not Found\n\nno"), answer(404, "404 Not Found\n\nno ", "Content-Type", "text/plain"), []string{ErrorText}},
		"crash":           {"images.index", answer(500, ""), answer(400, ""), []string{BadInput}},
		"crash of RPC":    {"rpc.image_get", answer(200, crash), answer(400, ""), []string{BadInput}},
		"error for crash": {"rpc.image_get", answer(200, crash), answer(200, strings.ReplaceAll(refusal, "%s", "y")), []string{BadInput}},
		"text over RPC":   {"rpc.image_get", answer(200, strings.ReplaceAll(refusal, "%s", "x")), answer(200, strings.ReplaceAll(refusal, "%s", "y")), []string{ErrorText}},
		"limit":           {"rpc.image_get", answer(200, "[null]"), answer(413, ""), []string{Limits}},
		"numbers":         {"images.index", answer(200, `{"a": 1.0}`), answer(200, `{"a": 1.00}`), []string{Encoding}},
		"content type":    {"images.index", answer(200, `{}`), answer(200, `{}`, "Content-Type", "Application/JSON"), nil},
	} {
		found := compare(exchange(strings.HasPrefix(c.call, "rpc."), c.call), c.old, c.new)
		got := slices.Sorted(maps.Keys(found.allowed))
		slices.Sort(c.want)
		if found.differ() || !slices.Equal(got, c.want) {
			t.Errorf("%s: differences %+v, allowed %v, want %v", name, found.differences, got, c.want)
		}
	}
}

// What must not differ is a difference of its kind, once.
func TestDifferences(t *testing.T) {
	for name, c := range map[string]struct {
		call     string
		old, new *Answer
		kind     Kind
		path     string
	}{
		"status":             {"images.show", answer(200, `{}`), answer(404, ``), Status, ""},
		"value":              {"images.show", answer(200, `{"a": {"b": 1}}`), answer(200, `{"a": {"b": 2}}`), Field, "/a/b"},
		"type":               {"images.show", answer(200, `{"a": 1}`), answer(200, `{"a": "1"}`), Field, "/a"},
		"whole and fraction": {"images.show", answer(200, `{"a": 1}`), answer(200, `{"a": 1.0}`), Field, "/a"},
		"null":               {"images.show", answer(200, `{"a": null}`), answer(200, `{}`), Field, "/a"},
		"list for a text":    {"images.show", answer(200, `{"a": "x"}`), answer(200, `{"a": ["x"]}`), Field, "/a"},
		"more keys":          {"images.show", answer(200, `{}`), answer(200, `{"a": null}`), Field, "/a"},
		"order":              {"images.index", answer(200, `{"images": [{"id": "1"}, {"id": "2"}]}`), answer(200, `{"images": [{"id": "2"}, {"id": "1"}]}`), Order, "/images"},
		"missing row":        {"images.index", answer(200, `{"images": [{"id": "1"}, {"id": "2"}]}`), answer(200, `{"images": [{"id": "2"}]}`), Row, "/images/1"},
		"doubled row":        {"images.index", answer(200, `{"images": [{"id": "1"}]}`), answer(200, `{"images": [{"id": "1"}, {"id": "1"}]}`), Row, "/images/1 (2)"},
		"missing tag":        {"images.show", answer(200, `{"tags": ["a", "b"]}`), answer(200, `{"tags": ["b"]}`), Row, `/tags/"a"`},
		"header":             {"images.index", answer(200, `{}`, "Location", "http://a/x"), answer(200, `{}`, "Location", "http://b/y"), Header, "Location"},
		"no JSON":            {"images.index", answer(200, `{}`), answer(200, `{`), Body, ""},
		"error for a result": {"rpc.image_get", answer(200, `[null]`), answer(200, `[{"_error": {"cls": "glance.common.exception.Invalid"}}]`), Status, "/0"},
		"result for a crash": {"rpc.image_get", answer(200, `[{"_error": {"cls": "builtins.KeyError"}}]`), answer(200, `[null]`), Status, "/0"},
		"class of error":     {"rpc.image_get", answer(200, `[{"_error": {"cls": "glance.common.exception.NotFound"}}]`), answer(200, `[{"_error": {"cls": "glance.common.exception.Invalid"}}]`), Status, "/0"},
		"fewer results":      {"rpc.image_get", answer(200, `[1]`), answer(200, `[]`), Body, ""},
	} {
		found := compare(exchange(strings.HasPrefix(c.call, "rpc."), c.call), c.old, c.new).differences
		if len(found) != 1 || found[0].Kind != c.kind || found[0].Path != c.path || found[0].Call != c.call {
			t.Errorf("%s: got %+v, want a %s at %q", name, found, c.kind, c.path)
		}
	}
}

// The differences of a bulk request belong to their commands.
func TestBulk(t *testing.T) {
	x := exchange(true, "rpc.image_get", "rpc.image_tag_get_all", "rpc.image_get")
	found := compare(x, answer(200, `[{"a": 1}, ["x"], {"a": 1}]`), answer(200, `[{"a": 1}, ["y"], {"a": 2}]`))
	l := NewLedger()
	l.Keep(10)
	l.count(x, found, answer(200, "[]"), answer(200, "[]"))
	r := l.Report()
	get, tags := r.Calls["rpc.image_get"], r.Calls["rpc.image_tag_get_all"]
	if get.Compared != 2 || get.Different != 1 || get.Differences[Field] != 1 || tags.Different != 1 || tags.Differences[Row] != 1 || r.Compared != 3 || r.Names != 2 {
		t.Errorf("%+v %+v %+v", get, tags, r)
	}
}

// Comparing anything with itself finds nothing, and with anything else ends.
func FuzzCompare(f *testing.F) {
	f.Add(`{"images": [{"id": "1", "tags": ["a"]}]}`, `{"images": [{"id": 1}, null, 3]}`)
	f.Add(`[{"_error": {"cls": "x"}}]`, `[[{"id": null}, {"id": null}]]`)
	f.Fuzz(func(t *testing.T, old, new string) {
		defer kit.Cheap(t, len(old)+len(new))()
		for _, rpc := range []bool{false, true} {
			x := exchange(rpc, "rpc.image_get")
			if found := compare(x, answer(200, old), answer(200, old)); found.differ() {
				t.Errorf("with itself: %+v", found.differences)
			}
			found := compare(x, answer(200, old), answer(200, new))
			sample := newSample(x, &comparison{differences: append(found.differences, Difference{})}, answer(200, old), answer(200, new))
			if text, err := sample.Case(""); err == nil && !json.Valid(text) {
				t.Errorf("the case is no JSON: %s", text)
			}
		}
	})
}

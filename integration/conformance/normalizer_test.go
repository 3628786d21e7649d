package conformance

import (
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/servers"
)

// fresh puts the time of now into a text, written in the way that the word in
// braces stands for.
func fresh(text string) string {
	now := time.Now().UTC()
	return strings.NewReplacer(
		"{S}", now.Format("2006-01-02T15:04:05"),
		"{SPACE}", now.Format("2006-01-02 15:04:05"),
		"{Z}", now.Format("2006-01-02T15:04:05Z"),
		"{M0}", now.Format("2006-01-02T15:04:05")+".000000",
		"{M}", now.Format("2006-01-02T15:04:05")+".123456",
		"{MS}", now.Format("2006-01-02T15:04:05")+".123",
	).Replace(text)
}

func TestNormalForm(t *testing.T) {
	old := time.Now().UTC().Add(-25 * time.Hour).Format("2006-01-02T15:04:05")
	for _, c := range []struct{ have, want string }{
		{`"{S}"`, `"<now:seconds>"`},
		{`"{M0}"`, `"<now:micros0>"`},
		{`"{M}"`, `"<now:micros>"`},
		{`"{SPACE}"`, `"<now:seconds space>"`},
		{`"{Z}"`, `"<now:secondsZ>"`},
		{`"at {S}"`, `"at {S}"`},
		{`"{MS}"`, `"{MS}"`},
		{`"` + old + `"`, `"` + old + `"`},
		{`"2016-13-45T00:00:00"`, `"2016-13-45T00:00:00"`},

		{`"0a1b2c3d-1111-2222-3333-444455556666"`, `"<uuid>"`},
		{`"/images/0a1b2c3d-1111-2222-3333-444455556666/x"`, `"/images/<uuid>/x"`},
		{`"0a1b2c3d-0000-4000-8000-444455556666"`, `"0a1b2c3d-0000-4000-8000-444455556666"`},
		{`"0A1B2C3D-1111-2222-3333-444455556666"`, `"0A1B2C3D-1111-2222-3333-444455556666"`},
		{`"req-0a1b2c3d-0000-4000-8000-444455556666"`, `"<request-id>"`},
		{`{"0a1b2c3d-1111-2222-3333-444455556666":1}`, `{"<uuid>":1}`},

		{`{"id":1000}`, `{"id":"<rowid>"}`},
		{`{"id":999}`, `{"id":999}`},
		{`{"id":1000.0}`, `{"id":1000.0}`},
		{`{"id":"1000"}`, `{"id":"1000"}`},
		{`{"size":1000}`, `{"size":1000}`},
		{`{"namespace_id":1000,"resource_type_id":1000}`, `{"namespace_id":"<rowid>","resource_type_id":"<rowid>"}`},
		{`"location 100001 of 1000017"`, `"location <rowid> of 1000017"`},

		{`"wrong (x) [SQL: SELECT 1] tail"`, `"wrong (x)"`},
		{`"<object at 0x7f0011223344>"`, `"<object at <address>>"`},

		{`{"tags":["b","a"]}`, `{"tags":["a","b"]}`},
		{`{"members":[{"id":2},{"id":1}]}`, `{"members":[{"id":1},{"id":2}]}`},
		{`{"images":["b","a"]}`, `{"images":["b","a"]}`},
		{`["b","a"]`, `["b","a"]`},
		{`{"locations":[{"id":2},{"id":1}]}`, `{"locations":[{"id":2},{"id":1}]}`},
	} {
		n := normalizer{dialect: servers.MySQL, captured: []any{mustParse(t, `100001`), mustParse(t, `true`)}}
		have, want := mustParse(t, fresh(c.have)), mustParse(t, fresh(c.want))
		if got := n.value(have, ""); !same(got, want) {
			t.Errorf("%s: got %s, want %s", c.have, short(got), short(want))
		}
	}
}

func TestLocationOrder(t *testing.T) {
	const have = `{"location":"file:///b","location_data":[
		{"id":12,"url":"file:///b","status":"active"},
		{"id":9,"url":"file:///a","status":"active"},
		{"id":8,"url":"file:///gone","status":"deleted"}]}`
	const sorted = `{"location":"file:///a","location_data":[
		{"id":8,"url":"file:///gone","status":"deleted"},
		{"id":9,"url":"file:///a","status":"active"},
		{"id":12,"url":"file:///b","status":"active"}]}`
	inactive := strings.Replace(have, `"location":"file:///b"`, `"location":"file:///gone"`, 1)
	for _, c := range []struct {
		dialect    servers.Kind
		have, want string
	}{
		{servers.MySQL, have, have},
		{servers.PostgreSQL, have, sorted},
		{servers.SQLite, have, sorted},
		{servers.SQLite, inactive, strings.Replace(sorted, `"location":"file:///a"`, `"location":"file:///gone"`, 1)},
	} {
		got := normalizer{dialect: c.dialect}.value(mustParse(t, c.have), "")
		if !same(got, mustParse(t, c.want)) {
			t.Errorf("%s: got %s", c.dialect, short(got))
		}
	}
}

func TestUnorderedCommands(t *testing.T) {
	request := Request{Path: "/rpc", Body: []byte(`[{"command":"image_tag_get_all"},{"command":"image_get_all"}]`)}
	got := normalizer{dialect: servers.MySQL}.body(request, mustParse(t, `[["b","a"],["b","a"]]`))
	if !same(got, mustParse(t, `[["a","b"],["b","a"]]`)) {
		t.Errorf("got %s", short(got))
	}
}

func TestMessage(t *testing.T) {
	for _, c := range []struct{ contentType, text, want string }{
		{"text/plain", "", ""},
		{"text/plain; charset=UTF-8", "404 Not Found\n\nThe resource could not be found.\n\n   ", ""},
		{"text/plain", "409 Conflict\n\nThere was a conflict when trying to complete your request.\n\nDuplicate  image\n id\n", "Duplicate image id"},
		{"text/plain", "Not 409 Conflict\n\nx", "Not 409 Conflict x"},
		{"text/html", "<html><head><title>x</title></head><body><h1>404 Not Found</h1>\nNo &lt;image&gt; <br/>here</body></html>", "No <image> here"},
		{"text/html", "No <image> here", "No <image> here"},
		{"application/json", `{"message":"The resource could not be found.<br /><br />\nNo image","code":"404"}`, "No image"},
		{"application/json", `{"message":5}`, ""},
		{"application/json", `{"error": "x"}`, `{"error": "x"}`},
		{"application/json", `{`, `{`},
		{"text/plain", "failed [SQL: SELECT 1]", "failed"},
	} {
		if got := (normalizer{}).message(c.contentType, c.text); got != c.want {
			t.Errorf("%s %q: got %q, want %q", c.contentType, c.text, got, c.want)
		}
	}
}

func TestPick(t *testing.T) {
	body := mustParse(t, `{"images":[{"id":"a","tags":[1,2]},{"id":"b","tags":[]}]}`)
	for path, want := range map[string]string{
		"/images/*/id":     `["a","b"]`,
		"/images/0/id":     `["a"]`,
		"/images/*/tags/*": `[1,2]`,
	} {
		got, err := pick(body, path)
		if err != nil || !same(got, mustParse(t, want)) {
			t.Errorf("%s: got %s, %v", path, short(got), err)
		}
	}
	for _, path := range []string{"/images/*/name", "/images/2/id", "/images/x", "/*/id", "/images/0/id/x"} {
		if got, err := pick(body, path); err == nil {
			t.Errorf("%s: got %s", path, short(got))
		}
	}
}

func TestCaptures(t *testing.T) {
	c := captures{}
	body := []byte(`{"image":{"name":"a \"b\"","location_data":[{"id":100001},{"id":100002}]}}`)
	c.take(body, map[string]string{"loc": "/image/location_data/0/id", "name": "/image/name", "none": "/image/x"})
	if got, want := c.fillPath("/locations/{{loc}}?{{none}}"), "/locations/100001?{{none}}"; got != want {
		t.Errorf("path: got %s, want %s", got, want)
	}
	got := c.fillBody([]byte(`{"id": "{{loc}}", "text": "at {{loc}} of {{name}}", "{{name}}": "{{none}}", "size": 1e400}`))
	want := `{"id": 100001, "text": "at 100001 of a \"b\"", "a \"b\"": "{{none}}", "size": 1e400}`
	if string(got) != want {
		t.Errorf("body: got %s, want %s", got, want)
	}
}

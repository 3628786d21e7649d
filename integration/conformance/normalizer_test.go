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

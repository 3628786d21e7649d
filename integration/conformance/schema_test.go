package conformance

import (
	"encoding/json"
	"slices"
	"testing"
)

var (
	queensSchema = &schema{lacking: []string{"os_hidden", "os_hash_algo", "os_hash_value"}}
	mitakaSchema = &schema{lacking: []string{"visibility", "os_hidden", "os_hash_algo", "os_hash_value"}, old: true}
)

// theSet has a public image, a community image, a private one with a member and a
// private one without.
func theSet() *Dataset {
	image := func(id, visibility string) map[string]any {
		return map[string]any{"id": id, "owner": "own", "visibility": visibility}
	}
	return &Dataset{Tables: map[string][]map[string]any{
		"images": {image("i-public", "public"), image("i-community", "community"), image("i-member", "private"), image("i-private", "private")},
		"image_members": {
			{"image_id": "i-member", "member": "friend", "deleted": false}, {"image_id": "i-private", "member": "friend", "deleted": true},
		},
	}}
}

func parsed(t *testing.T, text string) any {
	t.Helper()
	v, err := parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func rpcCase(t *testing.T, request, answer string) *Case {
	t.Helper()
	return &Case{Steps: []Step{{
		Request:  Request{Method: "POST", Path: "/rpc", Body: json.RawMessage(request), Headers: map[string]string{"X-Project-Id": "own"}},
		Response: Response{Status: 200, Body: Optional{true, parsed(t, answer)}},
	}}}
}

// The cases that are skipped are as many as were judged not to apply, and each
// release plays all others.
func TestSkips(t *testing.T) {
	cases, err := Load(func(*Case) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	for reason, ids := range skips() {
		for _, id := range ids {
			if !slices.ContainsFunc(cases, func(c *Case) bool { return c.ID == id }) {
				t.Errorf("%s: there is no case %s", reason, id)
			}
		}
	}
	for _, row := range []struct {
		name   string
		schema schema
		played int
	}{
		{"Train", schema{}, 3156},
		{"Queens", *queensSchema, 2972},
		{"Mitaka", *mitakaSchema, 2027},
		{"Mitaka on SQLite", schema{lacking: mitakaSchema.lacking, old: true, oneRow: true}, 2019},
	} {
		played := len(slices.DeleteFunc(slices.Clone(cases), func(c *Case) bool { return row.schema.applies(c) != "" }))
		if played != row.played {
			t.Errorf("%s: %d cases are played, want %d", row.name, played, row.played)
		}
	}
}

// What the record says is what the schema can hold.
func TestTranslate(t *testing.T) {
	set := theSet()
	c := rpcCase(t, `[]`, `[{"container_format": null, "visibility": "shared", "os_hidden": true, "os_hash_algo": "md5"}, {"visibility": "public"}]`)
	c.Steps[0].Database = Changes{"images": {
		map[string]any{"op": "insert", "row": map[string]any{"id": "n", "visibility": "shared", "os_hidden": true, "name": "x"}},
		map[string]any{"op": "update", "key": map[string]any{"id": "i-public"}, "set": map[string]any{"visibility": "shared"}},
		map[string]any{"op": "update", "key": map[string]any{"id": "i-private"}, "set": map[string]any{"visibility": "shared"}},
		map[string]any{"op": "update", "key": map[string]any{"id": "i-private"}, "set": map[string]any{"visibility": "public"}},
	}}
	got := mitakaSchema.translate(c, set)
	if want := parsed(t, `[{"container_format": null, "visibility": false, "os_hidden": false, "os_hash_algo": null}, {"visibility": "public"}]`); !same(got.Steps[0].Response.Body.Value, want) {
		t.Errorf("answer %v", got.Steps[0].Response.Body.Value)
	}
	want := Changes{"images": {
		map[string]any{"op": "insert", "row": map[string]any{"id": "n", "is_public": false, "name": "x"}},
		map[string]any{"op": "update", "key": map[string]any{"id": "i-public"}, "set": map[string]any{"is_public": false}},
		map[string]any{"op": "update", "key": map[string]any{"id": "i-private"}, "set": map[string]any{}},
		map[string]any{"op": "update", "key": map[string]any{"id": "i-private"}, "set": map[string]any{"is_public": true}},
	}}
	sortByText(want["images"])
	if problems := compareChanges(want, got.Steps[0].Database, false); len(problems) > 0 {
		t.Error(problems)
	}
	c.Steps[0].Database["images"] = c.Steps[0].Database["images"][:1]
	want = Changes{"images": {map[string]any{"op": "insert", "row": map[string]any{"id": "n", "visibility": "shared", "name": "x"}}}}
	if problems := compareChanges(want, queensSchema.translate(c, set).Steps[0].Database, false); len(problems) > 0 {
		t.Errorf("Queens: %s", problems)
	}
	if (*schema)(nil).translate(c, set) != c {
		t.Error("a schema without differences changes a case")
	}
}

// Of a list only images go that the caller may find there.
func TestWithoutMoved(t *testing.T) {
	mitakaSchema.use(theSet())
	const list = `[[{"id": "i-public"}, {"id": "i-community"}, {"id": "i-member"}, {"id": "i-private"}]]`
	for project, want := range map[string]string{
		"own":      `[[{"id": "i-public"}, {"id": "i-private"}]]`,
		"friend":   `[[{"id": "i-public"}, {"id": "i-community"}, {"id": "i-private"}]]`,
		"stranger": list,
	} {
		got := mitakaSchema.withoutMoved(Request{Headers: map[string]string{"X-Project-Id": project}}, parsed(t, list))
		if !same(got, parsed(t, want)) {
			t.Errorf("%s: %v, want %s", project, got, want)
		}
	}
}

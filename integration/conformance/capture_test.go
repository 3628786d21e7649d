package conformance

import "testing"

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

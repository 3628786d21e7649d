package conformance

import "testing"

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

package kit

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestRequest(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.WriteHeader(http.StatusAccepted)
		_, _ = io.WriteString(w, r.Method+" "+r.URL.Path+" "+r.Header.Get("X-Project-Id")+" "+r.Header.Get("Content-Type")+" "+string(body))
	}))
	defer server.Close()
	for want, r := range map[string]Request{
		"GET /a p  ":                           {Method: "GET", Header: Trusted("p", "admin")},
		"POST /a  application/json x":          {Method: "POST", Body: "x"},
		`PUT /a  application/json {"a":1}`:     {Method: "PUT", Body: map[string]int{"a": 1}},
		"POST /a  text/caddyfile x":            {Method: "POST", Body: "x", Header: http.Header{"Content-Type": {"text/caddyfile"}}},
		"POST /a   x":                          {Method: "POST", Body: "x", Header: http.Header{"Content-Type": nil}},
		"POST /a  application/json y":          {Method: "POST", Body: strings.NewReader("y")},
		"POST /a   ":                           {Method: "POST", Body: ""},
		"DELETE /a  application/json [1,null]": {Method: "DELETE", Body: []any{1, nil}, Client: server.Client()},
	} {
		r.URL = server.URL + "/a"
		a, err := r.Send(t.Context())
		if err != nil || a.StatusCode != http.StatusAccepted || string(a.Text) != want {
			t.Errorf("%v: %v, want %q", a, err, want)
		}
	}
}

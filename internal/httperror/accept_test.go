package httperror

import "testing"

func TestNegotiate(t *testing.T) {
	tests := []struct {
		accept string
		want   format
	}{
		// registry-v1.md, 8.1
		{"", plain},
		{"*/*", html},
		{"text/*", html},
		{"text/html", html},
		{"text/plain, */*;q=0.5", html},
		{"bogus", html},
		{"application/json", json},
		{"application/*", json},
		{"application/json;q=0.9, */*;q=0.8", json},
		{"application/json, text/html", html},
		{"text/plain", plain},
		{"application/xml", plain},
		{"text/html;q=0", plain},
		{"application/json; charset=utf-8", plain},
		{"text/*;q=0.5, application/json;q=0.9", json},

		// weights
		{"text/html;q=0.3, application/json;q=0.31", json},
		{"text/html;q=0.301, application/json;q=0.3", html},
		{"text/html ; Q=0.1 ,\tAPPLICATION/JSON ; q=1.000", json},
		{"text/html;q=0., */*", json},
		{"text/html;q=0, application/json;q=0, */*", plain},
		{"application/json, text/html;q=0.4, text/html", json}, // the first of equals
		{"text/*, application/json;q=0.5, text/html;q=0.1", json},
		{"*/*;q=0, application/json;q=0.001", json},
		{"*/*;q=0.5;ext, application/json;q=0.6;ext=1;q=9", json},

		// parameters matter only where the type is spelled out
		{`application/json;a="x, text/html"`, plain},
		{`application/*;a="x\"y"`, json},
		{"*/html, application/json;q=0.1", json},

		// lists with holes
		{",", plain},
		{",,application/json", json},
		{"application/json , ,, application/xml,", json},
		{",application/json", html}, // against the grammar

		// against the grammar
		{"application/json;q", html},
		{"application/json;q=", html},
		{"application/json;q=1.1", html},
		{"application/json;q=1.001", html},
		{"application/json;q=2", html},
		{"application/json;q=0.1234", html},
		{"application/json;q=.5", html},
		{"application/json;", html},
		{"application/json;a", html},
		{"application/json;a=", html},
		{`application/json;a="x`, html},
		{`application/json;a="x\`, html},
		{"application/json;q=1;a=", html},
		{"application/json text/plain", html},
		{"application/json, text", html},
		{"application/", html},
		{"/json", html},
		{"application/json;a=\"\x01\"", html},
	}
	for _, tt := range tests {
		if got := negotiate(tt.accept); got != tt.want {
			t.Errorf("negotiate(%q) = %v, want %v", tt.accept, got, tt.want)
		}
	}
}

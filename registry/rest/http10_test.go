package rest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/access"
)

// TestChunksOfHTTP10 sends a body in chunks with a version that has none: net/http
// takes no notice of them, and the request would be one without a body.
func TestChunksOfHTTP10(t *testing.T) {
	h := &API{Service: &registry.Service{Rules: access.Rules{ReadOnly: true}}, BodyLimit: 1 << 20}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.Serve(w, r, Match(r.Method, r.URL.Path), &access.Caller{Admin: true})
	}))
	defer server.Close()
	chunks := "1c\r\n{\"member\": {\"can_share\": 1}}\r\n0\r\n\r\n"
	for _, row := range []struct {
		version, header, body string
		want                  int
	}{
		{"1.0", "Transfer-Encoding: chunked\r\nConnection: keep-alive\r\n", chunks, http.StatusLengthRequired},
		{"1.0", "", "", http.StatusLengthRequired},
		{"1.0", "Content-Length: 0\r\n", "", http.StatusForbidden},
		{"1.0", "Content-Length: 2\r\n", "{}", http.StatusForbidden},
		{"1.1", "Transfer-Encoding: chunked\r\n", chunks, http.StatusForbidden},
		{"1.1", "", "", http.StatusForbidden},
	} {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "PUT /images/x/members/y HTTP/%s\r\nHost: x\r\n%s\r\n%s", row.version, row.header, row.body)
		r := bufio.NewReader(conn)
		answer, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(answer.Body)
		if answer.StatusCode != row.want {
			t.Errorf("HTTP/%s %q: %d %s, want %d", row.version, row.header, answer.StatusCode, text, row.want)
		}
		if row.want == http.StatusLengthRequired {
			if rest, _ := io.ReadAll(r); strings.Contains(string(rest), "HTTP/") {
				t.Errorf("HTTP/%s %q: the chunks are a request of their own: %s", row.version, row.header, rest)
			}
		}
		conn.Close()
	}
}

package hostless

import (
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/kit"
)

func TestWithHost(t *testing.T) {
	for head, want := range map[string]string{
		"GET /healthcheck HTTP/1.1\r\n\r\n":                       "GET /healthcheck HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"OPTIONS / HTTP/1.1\r\nHost:\r\nA: b\r\n\r\n":             "OPTIONS / HTTP/1.1\r\nHost: localhost\r\nA: b\r\n\r\n",
		"HEAD / HTTP/1.1\r\nA: b\r\nhost:  \r\n\r\n":              "HEAD / HTTP/1.1\r\nHost: localhost\r\nA: b\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a\r\n\r\n":                       "",
		"GET / HTTP/1.1\r\nHost:\r\nHost: a\r\n\r\n":              "",
		"GET / HTTP/1.0\r\n\r\n":                                  "",
		"GET / HTTP/1.1\r\nA: b\r\n":                              "",
		"POST / HTTP/1.1\r\n\r\n":                                 "",
		"GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n": "",
		"":               "",
		"GET / HTTP/1.1": "",
		"GET / HTTP/1.1\r\nContent-Length: 5\r\n\r\nHost:": "",
	} {
		got, ok := withHost([]byte(head))
		if ok != (want != "") || ok && string(got) != want {
			t.Errorf("%q: %q", head, got)
		}
	}
}

// For any input, only empty hosts are removed, and only a request line and a host are
// added in front.
func FuzzWithHost(f *testing.F) {
	f.Add("GET / HTTP/1.1\r\nA: b\r\nHost:\r\n\r\n")
	f.Add("GET  HTTP/1.1\r\n: \r\n\r\n")
	f.Fuzz(func(t *testing.T, head string) {
		defer kit.Cheap(t, len(head))()
		got, ok := withHost([]byte(head))
		if !ok {
			return
		}
		line, _, _ := strings.Cut(head, "\r\n")
		if !strings.HasPrefix(string(got), line+"\r\nHost: localhost\r\n") || !strings.HasSuffix(string(got), "\r\n\r\n") || len(got) > len(head)+len("Host: localhost\r\n") {
			t.Errorf("%q becomes %q", head, got)
		}
	})
}

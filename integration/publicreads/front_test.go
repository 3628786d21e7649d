package publicreads

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"
)

// front stands between a gateway and glance-api, and can answer as glance-api did
// before: as a node does whose database lags.
type front struct {
	url string

	mu     sync.Mutex
	replay map[string]string // bodies by path and query
	asked  int
}

func newFront(t testing.TB, upstream string) *front {
	t.Helper()
	target, err := url.Parse(upstream)
	if err != nil {
		t.Fatal(err)
	}
	f := new(front)
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		f.asked++
		body, old := f.replay[r.URL.RequestURI()]
		f.mu.Unlock()
		if !old {
			proxy.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	f.url = server.URL
	return f
}

// answer lets the front answer with these bodies; nil ends that.
func (f *front) answer(bodies map[string]string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.replay = bodies
}

// count is how many requests arrived.
func (f *front) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.asked
}

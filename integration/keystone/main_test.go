// Package keystone tests the gateway in front of a real Keystone: whose tokens
// it takes, what it answers otherwise, and what it does while Keystone is gone.
package keystone

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration"
	"github.com/glancegate/glancegate/integration/keystonetest"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/servers"
)

func TestMain(m *testing.M) { servers.Main(m) }

// gateway is a running gateway whose service user has the role service.
type gateway struct {
	t     testing.TB
	url   string
	cloud *keystonetest.Cloud
	user  *keystonetest.User // who validates tokens
}

// start runs a gateway whose Keystone is at an address that leads to the cloud,
// with further options of the identity, one a line, and others behind a blank
// line.
func start(t testing.TB, cloud *keystonetest.Cloud, keystoneURL, options string) *gateway {
	t.Helper()
	g := &gateway{t: t, cloud: cloud, user: cloud.User(t, "service")}
	g.run(keystoneURL, options)
	return g
}

func (g *gateway) run(keystoneURL, options string) {
	g.t.Helper()
	g.url = integration.StartGateway(g.t, g.site(keystoneURL, options))
}

// site is the directives of a site.
func (g *gateway) site(keystoneURL, options string) string {
	ofIdentity, others, _ := strings.Cut(options, "\n\n")
	return fmt.Sprintf(`glance_registry {
	database sqlite:///%s/glance.sqlite
	demo
	identity keystone {
		auth_url %s
		username %s
		password %q
		project_name %s
		%s
	}
	%s
}
`, g.t.TempDir(), keystoneURL, g.user.Name, g.user.Password, g.user.ProjectName, ofIdentity, others)
}

// answer is what a client gets.
type answer struct {
	*http.Response
	text string
}

// send sends a request with headers as "Name: value".
func (g *gateway) send(method, path, body string, headers ...string) answer {
	g.t.Helper()
	header := http.Header{"Content-Type": nil} // but where it is given
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		header.Add(name, value)
	}
	a, err := kit.Request{Method: method, URL: g.url + path, Header: header, Body: body}.Send(g.t.Context())
	if err != nil {
		g.t.Fatal(err)
	}
	return answer{a.Response, string(a.Text)}
}

// get lists images with a token.
func (g *gateway) get(token string, headers ...string) answer {
	g.t.Helper()
	return g.send(http.MethodGet, "/images", "", append(headers, "X-Auth-Token: "+token)...)
}

// expect checks the status of an answer.
func (a answer) expect(t testing.TB, what string, status int) answer {
	t.Helper()
	if a.StatusCode != status {
		t.Errorf("%s: status %d, want %d: %s", what, a.StatusCode, status, a.text)
	}
	return a
}

// awaitExpiry returns when Keystone does not take a token any more.
func awaitExpiry(t testing.TB, cloud *keystonetest.Cloud, token string) {
	t.Helper()
	if !kit.PollEvery(50*time.Millisecond, time.Minute, func() bool { return !cloud.Valid(t, token) }) {
		t.Fatal("the token does not expire")
	}
}

// front stands before Keystone and sees the requests to it.
type front struct {
	url string

	mu          sync.Mutex
	validations []*http.Request
	logins      int
}

func newFront(t testing.TB, cloud *keystonetest.Cloud) *front {
	t.Helper()
	target, err := url.Parse(cloud.URL)
	if err != nil {
		t.Fatal(err)
	}
	f := new(front)
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.see(r)
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	f.url = server.URL
	return f
}

func (f *front) see(r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if r.Method == http.MethodPost {
		f.logins++
		return
	}
	f.validations = append(f.validations, r)
}

// seen is how often somebody logged in and validated.
func (f *front) seen() (logins, validations int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.logins, len(f.validations)
}

// last is the latest validation.
func (f *front) last() *http.Request {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.validations[len(f.validations)-1]
}

func (a answer) contains(text string) bool { return strings.Contains(a.text, text) }

// owner is that of the image in an answer.
func (a answer) owner(t testing.TB) string {
	t.Helper()
	var body struct{ Image struct{ Owner string } }
	if err := json.Unmarshal([]byte(a.text), &body); err != nil {
		t.Fatalf("%v: %s", err, a.text)
	}
	return body.Image.Owner
}

// Package shadow tests a gateway that runs beside the registry that it replaces. The old
// registry is another gateway here, behind a proxy that makes it err or stall: no release of
// Debian has a glance-registry any more.
package shadow

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/glancegate/glancegate/integration"
	"github.com/glancegate/glancegate/integration/conformance"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/internal/retirement/shadow"
)

func TestMain(m *testing.M) { servers.Main(m) }

// old is the proxy in front of the gateway that plays the old registry.
type old struct {
	*httptest.Server
	target  atomic.Pointer[url.URL]
	fault   atomic.Pointer[fault]
	stalled atomic.Pointer[chan struct{}]
	asked   atomic.Int64
	writes  atomic.Int64
}

// fault changes an answer.
type fault func(r *http.Request, answer *http.Response, body []byte) []byte

func newOld(t *testing.T) *old {
	o := new(old)
	o.Server = httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			o.asked.Add(1)
			if p.In.Method != http.MethodGet && p.In.URL.Path != "/rpc" {
				o.writes.Add(1)
			}
			if stalled := o.stalled.Load(); stalled != nil {
				<-*stalled
			}
			p.SetURL(o.target.Load())
			p.Out.URL.RawQuery = p.In.URL.RawQuery // also what is malformed
			p.Out.Header.Del(shadow.Mark)
		},
		ModifyResponse: func(res *http.Response) error {
			f := o.fault.Load()
			if f == nil {
				return nil
			}
			body, err := io.ReadAll(res.Body)
			if err != nil {
				return err
			}
			body = (*f)(res.Request, res, body)
			res.Body, res.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
			res.Header.Set("Content-Length", strconv.Itoa(len(body)))
			return nil
		},
	})
	t.Cleanup(o.Close)
	t.Cleanup(o.release)
	return o
}

// stall lets requests wait until release.
func (o *old) stall() { o.stalled.Store(new(make(chan struct{}))) }

func (o *old) release() {
	if stalled := o.stalled.Swap(nil); stalled != nil {
		close(*stalled)
	}
}

// pair is a gateway with its shadow.
type pair struct {
	t      *testing.T
	old    *old
	oldURL string // of the gateway behind the proxy
	url    string
	admin  string
	db     *servers.Database
}

// newPair starts the two on a database with the rows of a dataset.
func newPair(t *testing.T, serve string, directives ...string) *pair {
	t.Helper()
	p := &pair{t: t, old: newOld(t), db: servers.NewDatabase(t, servers.SQLite)}
	p.admin = kit.FreeAddress(t)
	registry := "database `" + p.db.URL + "`\nidentity trusted\ncompatible_with train\n"
	urls := integration.StartSites(t, "admin "+p.admin, "glance_registry {\n"+registry+"\n}",
		fmt.Sprintf("glance_registry {\n%s\nshadow %s {\nserve %s\nsamples 20\n}\n%s\n}", registry, p.old.URL, serve, strings.Join(directives, "\n")))
	p.oldURL, p.url = urls[0], urls[1]
	target, err := url.Parse(p.oldURL)
	if err != nil {
		t.Fatal(err)
	}
	p.old.target.Store(target)
	t.Cleanup(func() { http.DefaultTransport.(*http.Transport).CloseIdleConnections() })
	return p
}

// load lets the database have the dataset of the recordings, with a case that reads.
func (p *pair) load() {
	p.t.Helper()
	cases, err := conformance.Load(func(c *conformance.Case) bool { return c.Dataset == "small" && c.Group == "v1.images.show" })
	if err != nil {
		p.t.Fatal(err)
	}
	conformance.Run(p.t, conformance.Target{BaseURLs: []string{p.oldURL}, DB: p.db}, cases[:1], conformance.Options{})
	p.reset()
}

// send sends a request to the gateway, or to another URL.
func (p *pair) send(method, path string, body any) *kit.Answer {
	p.t.Helper()
	return p.sendTo(p.url, method, path, body)
}

func (p *pair) sendTo(base, method, path string, body any) *kit.Answer {
	p.t.Helper()
	a, err := kit.Request{Method: method, URL: base + path, Body: body, Header: kit.Trusted("t-own", "admin")}.Send(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	return a
}

func (p *pair) call(command, kwargs string) *kit.Answer {
	p.t.Helper()
	return p.send(http.MethodPost, "/rpc", `[{"command": "`+command+`", "kwargs": `+kwargs+`}]`)
}

// report waits until so many requests were compared or skipped.
func (p *pair) report(requests int64) *shadow.Report {
	p.t.Helper()
	var r *shadow.Report
	if !kit.Poll(kit.Timeout, func() bool {
		r = p.reportNow()
		return r.Compared+skipped(r) >= requests
	}) {
		p.t.Fatalf("compared %d, skipped %v, want %d in all", r.Compared, r.Skipped, requests)
	}
	return r
}

func skipped(r *shadow.Report) (n int64) {
	for _, count := range r.Skipped {
		n += count
	}
	return n
}

func (p *pair) reportNow() *shadow.Report {
	p.t.Helper()
	var body struct{ Shadows []*shadow.Report }
	a, err := kit.Request{Method: http.MethodGet, URL: "http://" + p.admin + "/glance_registry/shadow"}.Send(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	if err := json.Unmarshal(a.Text, &body); err != nil || len(body.Shadows) != 1 {
		p.t.Fatalf("%v: %s", err, a.Text)
	}
	return body.Shadows[0]
}

// reset lets the report begin anew.
func (p *pair) reset() {
	p.t.Helper()
	if a, err := (kit.Request{Method: http.MethodDelete, URL: "http://" + p.admin + "/glance_registry/shadow"}).Send(p.t.Context()); err != nil || a.StatusCode != http.StatusNoContent {
		p.t.Fatalf("%v %v", a, err)
	}
}

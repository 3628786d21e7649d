package benchmark

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration"
	"github.com/glancegate/glancegate/integration/servers"
)

// The images of BenchmarkRequests; it works on the first ones.
const (
	images     = 1000
	properties = 6
	inUse      = 64
)

// BenchmarkRequests measures requests to a gateway without cache, from one client
// that waits for every answer and from two for each core. The speed of each is also
// given as a share of the speed of
//
//	respond  Caddy's handler of that name, giving an answer of the same length
//	sql      the statements of the request, sent by a program that does nothing else
//	both     one after the other: a server that costs nothing between them has 1
//
// Clients, servers and databases share the cores.
func BenchmarkRequests(b *testing.B) {
	for _, dialect := range servers.Dialects {
		b.Run(string(dialect), func(b *testing.B) {
			db := servers.NewDatabase(b, dialect)
			fill(b, db, images, properties)
			fillNamespaces(b, db)
			for _, k := range kinds {
				b.Run(k.name, func(b *testing.B) { benchmarkKind(b, db, k.requests()) })
			}
		})
	}
}

// kinds are the requests that are measured.
var kinds = []struct {
	name     string
	requests func() []request
}{
	{"show", func() []request {
		return each(func(n int) request {
			return request{method: http.MethodGet, path: "/images/" + imageID(n), caller: admin}
		})
	}},
	{"detail", func() []request {
		return []request{{method: http.MethodGet, path: "/images/detail?limit=25", caller: tenant}}
	}},
	// As the image API updates one when an upload ends; every other time it is
	// another name, so that there always is something to write.
	{"update", func() []request {
		update := func(name string) func(n int) request {
			return func(n int) request {
				return request{
					method: http.MethodPut, path: "/images/" + imageID(n), caller: admin,
					body: fmt.Sprintf(`{"image": {"name": "%s-%d", "status": "active", "size": %d,`+
						` "properties": {"os_property_0": "%s", "os_property_1": "value 1 of image %d"}}, "from_state": null}`,
						name, n, 4096*n, name, n),
				}
			}
		}
		return append(each(update("odd")), each(update("even"))...)
	}},
	// Registry v2 as glance-api calls it (registry-v2-rpc.md, 10.1).
	{"image_get", func() []request {
		return each(func(n int) request {
			return command(admin, `{"command": "image_get", "kwargs": {"image_id": "%s", "force_show_deleted": false, "v1_mode": false}}`, imageID(n))
		})
	}},
	{"image_get_all", func() []request {
		return []request{command(tenant, `{"command": "image_get_all", "kwargs": {"filters": {"deleted": false, "os_hidden": false},`+
			` "marker": null, "limit": 25, "sort_key": ["created_at"], "sort_dir": ["desc"], "member_status": "accepted",`+
			` "is_public": null, "admin_as_user": false, "return_tag": true, "v1_mode": false}}`)}
	}},
	{"metadef_namespace_get_all", func() []request {
		return []request{command(tenant, `{"command": "metadef_namespace_get_all", "kwargs": {"marker": null, "limit": 25,`+
			` "sort_key": "created_at", "sort_dir": "desc", "filters": null}}`)}
	}},
}

// command is a request with one command of registry v2.
func command(from caller, text string, args ...any) request {
	return request{method: http.MethodPost, path: "/rpc", caller: from, body: "[" + fmt.Sprintf(text, args...) + "]"}
}

var (
	admin  = caller{project: project(1), roles: "admin"}
	tenant = caller{project: project(0), roles: "member"}
)

// each makes a request for each of the images in use.
func each(f func(n int) request) []request {
	requests := make([]request, inUse)
	for n := range requests {
		requests[n] = f(n + 1)
	}
	return requests
}

func benchmarkKind(b *testing.B, db *servers.Database, requests []request) {
	scripts, answer := scriptsOf(b, db, requests)
	run := newReplay(b, db)
	bare := side{"sql", func(_, n int) error { return run(context.Background(), scripts[n%len(scripts)]) }}
	urls := integration.StartSites(b, "servers {\nprotocols h1\n}", serving(db), respondingWith(answer))

	for _, m := range []struct {
		name    string
		clients int
	}{{"one-client", 1}, {"clients", 2 * runtime.GOMAXPROCS(0)}} {
		b.Run(m.name, func(b *testing.B) {
			c := compare(b, m.clients,
				overHTTP(b, "gateway", urls[0], m.clients, requests),
				overHTTP(b, "respond", urls[1], m.clients, requests),
				bare)
			b.ReportMetric(c.share(1), "vs-respond")
			b.ReportMetric(c.share(2), "vs-sql")
			b.ReportMetric(c.share(1, 2), "vs-both")
		})
	}
}

// scriptsOf captures the statements of requests. SQLite has no log of them.
func scriptsOf(b *testing.B, db *servers.Database, requests []request) (scripts []script, answer string) {
	b.Helper()
	if db.Dialect != servers.SQLite {
		return captureScripts(b, db, requests)
	}
	twin := servers.NewDatabase(b, servers.MySQL)
	fill(b, twin, images, properties)
	fillNamespaces(b, twin)
	scripts, answer = captureScripts(b, twin, requests)
	return forSQLite(scripts), answer
}

// serving is a site with the gateway.
func serving(db *servers.Database) string {
	return fmt.Sprintf("glance_registry {\ndatabase `%s`\n}", db.URL)
}

// respondingWith is a site that always gives the same answer, of a known length
// as the gateway's are.
func respondingWith(body string) string {
	return fmt.Sprintf("header Content-Type application/json\nheader Content-Length %d\nrespond <<BODY\n%s\nBODY 200\n", len(body), body)
}

// caller is who sends a request, as the glance-api nodes say it.
type caller struct{ project, roles string }

// request is one that can be sent more than once.
type request struct {
	method, path, body string
	caller             caller
	token              string // of Keystone, for those who have no other identity
	contentType        string // of the body; empty: JSON
}

func (r request) http(b testing.TB, baseURL string) *http.Request {
	b.Helper()
	q, err := http.NewRequestWithContext(b.Context(), r.method, baseURL+r.path, strings.NewReader(r.body))
	if err != nil {
		b.Fatal(err)
	}
	q.Header.Set("X-Openstack-Request-Id", "req-7f3c1b7e-6a94-4b0e-9d52-0c8f2a6d41aa")
	if r.body != "" {
		q.Header.Set("Content-Type", cmp.Or(r.contentType, "application/json"))
	}
	if r.token != "" {
		q.Header.Set("X-Auth-Token", r.token)
		return q
	}
	q.Header.Set("X-Identity-Status", "Confirmed")
	q.Header.Set("X-User-Id", "a1b2c3d4e5f60718293a4b5c6d7e8f90")
	if r.caller.project != "" {
		q.Header.Set("X-Tenant-Id", r.caller.project)
	}
	q.Header.Set("X-Roles", r.caller.roles)
	return q
}

// wire is the request as it goes over a connection.
func (r request) wire(b testing.TB, baseURL string) []byte {
	b.Helper()
	var text bytes.Buffer
	if err := r.http(b, baseURL).Write(&text); err != nil {
		b.Fatal(err)
	}
	return text.Bytes()
}

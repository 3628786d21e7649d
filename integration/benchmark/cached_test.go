package benchmark

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/integration"
	"github.com/glancegate/glancegate/integration/servers"
)

// BenchmarkCached measures requests that a gateway answers from its cache. The
// speed of each is also given as a share of the speed of
//
//	respond   Caddy's handler of that name, giving an answer of the same length
//	uncached  a gateway without cache on the same database
func BenchmarkCached(b *testing.B) {
	for _, dialect := range servers.Dialects {
		b.Run(string(dialect), func(b *testing.B) {
			db := servers.NewDatabase(b, dialect)
			fill(b, db, images, properties)
			for _, k := range kinds {
				switch k.name {
				case "show", "detail", "image_get", "image_get_all":
					b.Run(k.name, func(b *testing.B) { benchmarkCached(b, db, k.requests()) })
				}
			}
		})
	}
}

func benchmarkCached(b *testing.B, db *servers.Database, requests []request) {
	backend, err := dbbackend.Open(dbbackend.Config{URL: db.URL, Prepare: true})
	if err != nil {
		b.Fatal(err)
	}
	answer := answerOf(b, backend, requests[0])
	backend.Close()
	cached := fmt.Sprintf("glance_registry {\ndatabase `%s`\ncache {\nttl 1h\n}\n}", db.URL)
	urls := integration.StartSites(b, "servers {\nprotocols h1\n}", cached, respondingWith(answer), serving(db))

	for _, m := range []struct {
		name    string
		clients int
	}{{"one-client", 1}, {"clients", 2 * runtime.GOMAXPROCS(0)}} {
		b.Run(m.name, func(b *testing.B) {
			c := compare(b, m.clients,
				overHTTP(b, "cached", urls[0], m.clients, requests),
				overHTTP(b, "respond", urls[1], m.clients, requests),
				overHTTP(b, "uncached", urls[2], m.clients, requests))
			b.ReportMetric(c.share(1), "vs-respond")
			b.ReportMetric(c.share(2), "vs-uncached")
		})
	}
}

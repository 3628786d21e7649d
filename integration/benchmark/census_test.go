package benchmark

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/glancegate/glancegate/integration"
	"github.com/glancegate/glancegate/integration/servers"
)

// BenchmarkCensus measures what a census and a shadow cost requests that are answered from
// the cache. The speed is also given as a share of that of the same gateway without them.
// The old registry of the shadow is gone, so that only the clients' part is measured.
func BenchmarkCensus(b *testing.B) {
	db := servers.NewDatabase(b, servers.SQLite)
	fill(b, db, images, properties)
	site := func(with string) string {
		return fmt.Sprintf("glance_registry {\ndatabase `%s`\ncache {\nttl 1h\n}\n%s\n}", db.URL, with)
	}
	for _, k := range kinds {
		if k.name != "show" && k.name != "image_get" {
			continue
		}
		for _, with := range []struct{ name, directives string }{
			{"census", "census {\nfile " + b.TempDir() + "/census.sqlite\n}"},
			{"shadow", "shadow http://127.0.0.1:1"},
		} {
			b.Run(k.name+"/"+with.name, func(b *testing.B) {
				urls := integration.StartSites(b, "servers {\nprotocols h1\n}", site(with.directives), site(""))
				clients := 2 * runtime.GOMAXPROCS(0)
				requests := k.requests()
				c := compare(b, clients,
					overHTTP(b, with.name, urls[0], clients, requests),
					overHTTP(b, "without", urls[1], clients, requests))
				b.ReportMetric(c.share(1), "vs-without")
			})
		}
	}
}

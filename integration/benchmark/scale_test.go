package benchmark

import (
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration"
	"github.com/glancegate/glancegate/integration/servers"
)

// few and many are the numbers of images that BenchmarkScale compares.
const (
	few  = 1_000
	many = 1_000_000
)

// BenchmarkScale asks for the default page of /images/detail in a database with
// many images, and in one with few. "1M/1k" is how much longer the former takes.
// The indexes are those that Glance makes. Query plans of the former are printed.
//
// It takes minutes and some GB of disk: GLANCE_SCALE=1 has to ask for it.
func BenchmarkScale(b *testing.B) {
	if os.Getenv("GLANCE_SCALE") != "1" {
		b.Skip("set GLANCE_SCALE=1 (make bench-scale)")
	}
	for _, dialect := range servers.Dialects {
		b.Run(string(dialect), func(b *testing.B) {
			start := time.Now()
			large, small := servers.NewDatabase(b, dialect), servers.NewDatabase(b, dialect)
			fill(b, large, many, 1)
			fill(b, small, few, 1)
			b.Logf("%s: rows made in %s", dialect, time.Since(start).Round(time.Second))
			urls := integration.StartSites(b, "servers {\nprotocols h1\n}", serving(large), serving(small))
			for _, l := range listers {
				list := []request{{method: http.MethodGet, path: "/images/detail", caller: l.caller}}
				explain(b, large, l.name, list)
				b.Run(l.name, func(b *testing.B) {
					c := compare(b, 1,
						overHTTP(b, "1M", urls[0], 1, list),
						overHTTP(b, "1k", urls[1], 1, list))
					b.ReportMetric(1/c.share(1), "1M/1k")
				})
			}
		})
	}
}

// listers are the callers whose lists are restricted in different ways.
var listers = []struct {
	name string
	caller
}{
	{"tenant", tenant},
	{"admin-with-project", caller{project: project(0), roles: "admin"}},
	{"admin-without-project", caller{roles: "admin"}},
}

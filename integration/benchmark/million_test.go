package benchmark

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/gateways"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/servers"
)

// scaling is what a million images cost on one database.
type scaling struct {
	dialect servers.Kind
	ratios  []string // of pages without a cache, a line for each caller
	changes []string // of pages while images change, a line for each rate of changes
}

// measureScale compares pages of a million images with pages of a thousand, and
// reads pages while images change.
func measureScale(b *testing.B, dialect servers.Kind) *scaling {
	large, small := servers.NewDatabase(b, dialect), servers.NewDatabase(b, dialect)
	fill(b, large, many, 1)
	fill(b, small, few, 1)
	s := &scaling{dialect: dialect}
	urls := []string{
		gateways.Start(b, options, registrySite(large, "")).URLs[0],
		gateways.Start(b, options, registrySite(small, "")).URLs[0],
	}
	for _, l := range listers {
		list := []request{{method: http.MethodGet, path: "/images/detail", caller: l.caller}}
		took := make([][]time.Duration, len(urls))
		for range 200 {
			for k, url := range urls {
				took[k] = append(took[k], timeOf(b, url, list[0]))
			}
		}
		for k := range took {
			slices.Sort(took[k])
		}
		p50, few := percentile(took[0], 50), percentile(took[1], 50)
		s.ratios = append(s.ratios, fmt.Sprintf("| %s | %s | %s | %.1f | %s |", l.name, p50.Round(time.Microsecond),
			few.Round(time.Microsecond), float64(p50)/float64(few), percentile(took[0], 99).Round(time.Microsecond)))
		b.ReportMetric(float64(p50)/float64(few), l.name+"-1M/1k")
	}
	g := startCached(b, large, "size 256MiB", "")
	for _, rate := range []int{1, 20} {
		s.changes = append(s.changes, pagesDuringChanges(b, large, g, rate))
	}
	b.ReportMetric(0, "ns/op")
	return s
}

// connections that timeOf has opened, by site.
var timers = map[string]*connection{}

// timeOf is how long an answer takes.
func timeOf(b *testing.B, url string, r request) time.Duration {
	b.Helper()
	if timers[url] == nil {
		timers[url] = dial(b, 1, url)[0]
		b.Cleanup(func() { delete(timers, url) })
	}
	text := r.wire(b, url)
	start := time.Now()
	if err := timers[url].exchange(text); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

// pagesDuringChanges reads the tenant's default list while images of others
// change, some times a second: the ages of the answers are tested elsewhere.
func pagesDuringChanges(b *testing.B, db *servers.Database, g *gateways.Gateway, changes int) string {
	b.Helper()
	const rate = 200 // lists a second
	ctx, cancel := context.WithCancel(b.Context())
	ended := make(chan error, 1)
	go func() { ended <- changeOthers(ctx, db, changes) }()
	text := (request{method: http.MethodGet, path: "/images/detail", caller: tenant}).wire(b, g.URLs[0])
	before := lookups(b, g)
	took := paced(b, g.URLs[0], [][]byte{text}, rate, 15*time.Second)
	after := lookups(b, g)
	cancel()
	if err := <-ended; err != nil {
		b.Fatal(err)
	}
	return fmt.Sprintf("| %d a second | %s | %s | %.0f %% |", changes, percentile(took, 50).Round(time.Microsecond),
		percentile(took, 99).Round(time.Microsecond), 100*shareSince("hit", before, after))
}

// shareSince is the share of an outcome among the look-ups between two readings.
func shareSince(outcome string, before, after map[string]float64) float64 {
	all := 0.0
	for o := range after {
		all += after[o] - before[o]
	}
	return (after[outcome] - before[outcome]) / all
}

// changeOthers changes private images of other projects, each at most once.
func changeOthers(ctx context.Context, db *servers.Database, changes int) error {
	ticker := time.NewTicker(time.Second / time.Duration(changes))
	defer ticker.Stop()
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		// Neither the tenant's, nor public, nor shared with a project.
		statement := fmt.Sprintf("UPDATE images SET min_ram = %d WHERE id = '%s'", n, imageID(100*n+1))
		if _, err := db.DB.ExecContext(context.WithoutCancel(ctx), statement); err != nil {
			return err
		}
	}
}

// lookups are the counters of the cache by outcome.
func lookups(b *testing.B, g *gateways.Gateway) map[string]float64 {
	b.Helper()
	text := answered(b, kit.Request{Method: http.MethodGet, URL: string(g.Admin) + "/metrics"})
	counts := map[string]float64{}
	for line := range strings.Lines(string(text)) {
		rest, ok := strings.CutPrefix(line, `glance_registry_cache_lookups_total{outcome="`)
		if !ok {
			continue
		}
		outcome, value, _ := strings.Cut(strings.TrimSpace(rest), `"} `)
		count, err := strconv.ParseFloat(value, 64)
		if err != nil {
			b.Fatal(err)
		}
		counts[outcome] = count
	}
	if len(counts) == 0 {
		fmt.Fprintf(os.Stderr, "%.2000s\n", text)
		b.Fatal("no glance_registry_cache_lookups_total in the metrics")
	}
	return counts
}

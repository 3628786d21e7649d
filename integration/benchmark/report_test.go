package benchmark

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// report is what BenchmarkSuite writes.
type report struct {
	sections []*section
	scales   []*scaling
}

// The tables stand between these lines of the document; the rest is prose.
const (
	tablesBegin = "<!-- tables: made by make bench -->"
	tablesEnd   = "<!-- end of tables -->"
)

// around is what a document has before and after the tables.
func around(path string) (before, after string, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", "", err
	}
	before, rest, found := strings.Cut(string(text), tablesBegin)
	_, after, ended := strings.Cut(rest, tablesEnd)
	if !found || !ended {
		return "", "", fmt.Errorf("%s has no lines %q and %q", path, tablesBegin, tablesEnd)
	}
	return before, after, nil
}

// write puts the tables into a document, and the plots beside it.
func (r *report) write(path string) error {
	before, after, err := around(path)
	if err != nil {
		return err
	}
	for _, s := range r.sections {
		if err := os.WriteFile(filepath.Join(filepath.Dir(path), s.plotName()), []byte(s.plot()), 0o644); err != nil {
			return err
		}
	}
	return os.WriteFile(path, []byte(before+tablesBegin+"\n\n"+r.tables()+tablesEnd+after), 0o644)
}

func (r *report) tables() string {
	var t strings.Builder
	fmt.Fprintf(&t, "Measured on %s, on %s: wrk with one thread and %d connections, %d turns of %s each.\n\n",
		time.Now().UTC().Format(time.DateOnly), machine(), connectionsOfLoad, *turns, *turn)
	for _, s := range r.sections {
		s.tables(&t)
	}
	for _, s := range r.scales {
		s.tables(&t)
	}
	return t.String()
}

func (s *section) tables(t *strings.Builder) {
	fmt.Fprintf(t, "## %s\n\n![requests a second](%s)\n\n", s.dialect, s.plotName())
	for _, r := range s.rows {
		fmt.Fprintf(t, "### %s\n\n| | requests/s | slowest and fastest turn | share of respond | share of bare SQL | p50 | p99 | p99.9 |\n|---|---|---|---|---|---|---|---|\n", r.name)
		for _, target := range order {
			if len(r.loads[target]) == 0 {
				continue
			}
			least, most := spread(r.loads[target])
			fmt.Fprintf(t, "| %s | %.0f | %.0f to %.0f | %s | %s | %s | %s | %s |\n", target, r.rate(target), least, most,
				r.share(target, respondTarget), r.share(target, sqlTarget),
				r.latency(target, "50"), r.latency(target, "99"), r.latency(target, "99.9"))
		}
		t.WriteString("\n")
	}
	fmt.Fprintf(t, "At %.0f %% of the peak of the cached gateway, with requests that come at a fixed rate:\n\n"+atRateHead, 100*shareOfPeak)
	for _, r := range s.latency {
		t.WriteString(r.atRateLine(cachedTarget) + r.atRateLine(respondTarget))
	}
	t.WriteString("\n")
	fmt.Fprintf(t, "With all images in its cache, as answers of both protocols, the gateway takes %d MiB. Its first answer comes %s after its start.\n\n",
		s.memory>>20, s.start.Round(10*time.Millisecond))
}

// order is that of the tables' lines.
var order = []string{cachedTarget, loggedTarget, oneCoreTarget, redisTarget, uncachedTarget, respondTarget, nginxTarget, sqlTarget, peerTarget}

func spread(loads []load) (least, most float64) {
	least, most = loads[0].rate(), loads[0].rate()
	for _, l := range loads {
		least, most = min(least, l.rate()), max(most, l.rate())
	}
	return least, most
}

// share is the rate of one target as a share of another's, - if that one took no
// part: the median of the turns, each of which compares its neighbours in time.
func (r row) share(target, other string) string {
	if len(r.loads[other]) == 0 {
		return "-"
	}
	var shares []float64
	for n, l := range r.loads[target] {
		shares = append(shares, l.rate()/r.loads[other][n].rate())
	}
	return fmt.Sprintf("%.2f", median(shares, func(f float64) float64 { return f }))
}

// latency is the median of a percentile over the turns, - where it is not known.
func (r row) latency(target, percentile string) string {
	us := median(r.loads[target], func(l load) float64 { return l.Latency[percentile] })
	if us == 0 {
		return "-"
	}
	return (time.Duration(us) * time.Microsecond).String()
}

func (s *scaling) tables(t *strings.Builder) {
	fmt.Fprintf(t, "## A million images, %s\n\nThe default page of /images/detail without a cache, of a million images and of a thousand:\n\n"+
		"| caller | p50, 10^6 | p50, 10^3 | ratio | p99, 10^6 |\n|---|---|---|---|---|\n%s\n\n", s.dialect, strings.Join(s.ratios, "\n"))
	fmt.Fprintf(t, "The tenant's default page with a cache, 200 times a second, while images of other projects change:\n\n"+
		"| changes | p50 | p99 | hits |\n|---|---|---|---|\n%s\n\n", strings.Join(s.changes, "\n"))
}

package benchmark

import (
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/integration/gateways"
	"github.com/glancegate/glancegate/integration/servers"
)

var (
	suite = flag.String("suite", "", "run BenchmarkSuite and write its tables and plots to this `file` of Markdown")
	peer  = flag.String("suite.peer", "", "the `URL` of another registry that takes part")
	turn  = flag.Duration("suite.turn", 3*time.Second, "the `length` of a turn")
	turns = flag.Int("suite.turns", 5, "how many turns everything has")
	scale = flag.Bool("suite.million", true, "also measure lists of a million images")
)

// manyImages is how many images the tables of rates are measured with. Each has
// five properties and a location.
const manyImages = 10_000

// BenchmarkSuite measures the gateway beside its neighbours: the same requests go
// to each of them in turn, several times, from one thread of wrk over 16
// connections. Everything is on this machine.
//
//	make bench
//	make bench PEER=http://127.0.0.1:9292   with another registry
func BenchmarkSuite(b *testing.B) {
	if *suite == "" {
		b.Skip("make bench asks for it with -suite")
	}
	if _, _, err := around(*suite); err != nil { // not half an hour later
		b.Fatal(err)
	}
	var r report
	for _, dialect := range []servers.Kind{servers.MySQL, servers.PostgreSQL} {
		b.Run(string(dialect), func(b *testing.B) { r.sections = append(r.sections, measureDialect(b, dialect)) })
	}
	if *scale {
		for _, dialect := range servers.Dialects {
			b.Run("million/"+string(dialect), func(b *testing.B) { r.scales = append(r.scales, measureScale(b, dialect)) })
		}
	}
	if b.Failed() {
		return
	}
	if err := r.write(*suite); err != nil {
		b.Fatal(err)
	}
}

// measure is a kind of request and what takes part in it.
type measure struct {
	name     string
	requests []request
	targets  []string
}

// measures are the tables' rows.
func measures() []measure {
	everything := []string{cachedTarget, loggedTarget, oneCoreTarget, redisTarget, uncachedTarget, respondTarget, nginxTarget, sqlTarget, peerTarget}
	except := func(name string) []string {
		return slices.DeleteFunc(slices.Clone(everything), func(t string) bool { return t == name })
	}
	show := func(n int) request {
		return request{method: http.MethodGet, path: "/images/" + imageID(n), caller: admin}
	}
	get := func(n int) request {
		return command(admin, `{"command": "image_get", "kwargs": {"image_id": "%s", "force_show_deleted": false, "v1_mode": false}}`, imageID(n))
	}
	page := func(who caller) []request {
		return []request{{method: http.MethodGet, path: "/images/detail?limit=25", caller: who}}
	}
	return []measure{
		{"show", eachOf(manyImages, show), everything},
		{"show" + closingTarget, eachOf(manyImages, show), []string{cachedTarget, respondTarget}},
		{"RPC image_get", eachOf(manyImages, get), except(nginxTarget)}, // it keeps no answer to a POST,
		{"page of 25, admin", page(admin), except(redisTarget)},         // one page fits into the process,
		{"page of 25, tenant", page(tenant), except(redisTarget)},
	}
}

// eachOf makes a request for each of the first images.
func eachOf(count int, f func(n int) request) []request {
	requests := make([]request, count)
	for n := range requests {
		requests[n] = f(n + 1)
	}
	return requests
}

// section is what was measured on one database.
type section struct {
	dialect servers.Kind
	rows    []row
	latency []row // of a load below the peak
	memory  int64 // of the gateway that caches all images, bytes
	start   time.Duration
}

// row is one measure, with the turns of each target.
type row struct {
	name  string
	loads map[string][]load
}

// runner makes one turn of load.
type runner func(time.Duration) (load, error)

func measureDialect(b *testing.B, dialect servers.Kind) *section {
	db := servers.NewDatabase(b, dialect)
	fill(b, db, manyImages, 5)
	s := &section{dialect: dialect}
	targets := startTargets(b, db)
	for _, m := range measures() {
		b.Run(m.name, func(b *testing.B) { s.rows = append(s.rows, measureRow(b, db, m, targets)) })
	}
	if b.Failed() {
		return s
	}
	s.memory = fullMemory(b, targets[cachedTarget].gateway)
	s.latency = latencies(b, db, s, targets[cachedTarget].url)
	s.start = startTime(b, db)
	return s
}

// fullMemory is what a gateway takes when all images are in its cache, with the answers
// of both protocols. Changes may have emptied it before.
func fullMemory(b *testing.B, g *gateways.Gateway) int64 {
	b.Helper()
	for _, m := range measures() {
		if len(m.requests) < manyImages {
			continue
		}
		if _, err := wrkSide(b, g.URLs[0], wires(b, g.URLs[0], m.requests, false))(*turn); err != nil {
			b.Fatal(err)
		}
	}
	if caches, err := g.Admin.Caches(); err != nil || len(caches) != 1 || caches[0].Values < manyImages {
		b.Fatal("not all images are in the cache: ", caches, err)
	}
	return g.Memory(b)
}

// measureRow gives every target its turns, which alternate.
func measureRow(b *testing.B, db *servers.Database, m measure, targets map[string]target) row {
	closing := strings.HasSuffix(m.name, closingTarget)
	runners := map[string]runner{}
	if slices.Contains(m.targets, sqlTarget) {
		// This comes first: the statements that switch the server's log on and off
		// are changes to which a cache must respond.
		scripts, _ := captureScripts(b, db, m.requests[:min(len(m.requests), inUse)])
		runners[sqlTarget] = bareSQL(b, db, scripts)
	}
	var order []string
	for _, t := range m.targets {
		requests, url := m.requests, targets[t].url
		switch {
		case t == respondTarget:
			url = gateways.Start(b, options, respondingWith(bodyOf(b, db, requests[0]))).URLs[0]
		case t == peerTarget && *peer == "":
			continue
		case t == peerTarget:
			requests = requestsOfPeer(b, *peer, requests)
		}
		if runners[t] == nil {
			texts := wires(b, url, requests, closing)
			warm(b, url, texts, closing)
			runners[t] = wrkSide(b, url, texts)
		}
		order = append(order, t)
	}
	before := map[string]map[string]float64{}
	for _, t := range order {
		before[t] = targets[t].lookups(b)
	}
	r := row{m.name, takeTurns(b, order, runners)}
	for _, t := range order {
		targets[t].check(b, t, before[t], m.requests[len(m.requests)-1])
		b.ReportMetric(r.rate(t), strings.ReplaceAll(t, " ", "-")+"/s")
	}
	b.ReportMetric(0, "ns/op")
	return r
}

// takeTurns lets each runner have its turns, of which the first one changes.
func takeTurns(b *testing.B, order []string, runners map[string]runner) map[string][]load {
	b.Helper()
	loads := map[string][]load{}
	for n := range *turns {
		for k := range order {
			t := order[(k+n)%len(order)]
			l, err := runners[t](*turn)
			if err != nil {
				b.Fatalf("%s: %v", t, err)
			}
			loads[t] = append(loads[t], l)
		}
	}
	return loads
}

// rate is the median of a target's turns, in requests a second.
func (r row) rate(target string) float64 {
	return median(r.loads[target], load.rate)
}

func median[T any](values []T, of func(T) float64) float64 {
	if len(values) == 0 {
		return 0
	}
	var numbers []float64
	for _, v := range values {
		numbers = append(numbers, of(v))
	}
	slices.Sort(numbers)
	return numbers[len(numbers)/2]
}

// bodyOf is what the gateway answers.
func bodyOf(b *testing.B, db *servers.Database, r request) string {
	b.Helper()
	backend, err := dbbackend.Open(dbbackend.Config{URL: db.URL, Prepare: true})
	if err != nil {
		b.Fatal(err)
	}
	defer backend.Close()
	return answerOf(b, backend, r)
}

// wires are requests as they go over a connection.
func wires(b *testing.B, url string, requests []request, closing bool) [][]byte {
	b.Helper()
	texts := make([][]byte, len(requests))
	for n, r := range requests {
		texts[n] = r.wire(b, url)
		if closing {
			texts[n] = []byte(strings.Replace(string(texts[n]), "\r\n", "\r\nConnection: close\r\n", 1))
		}
	}
	return texts
}

// warm sends every request once, and sees that each is answered.
func warm(b *testing.B, url string, texts [][]byte, closing bool) {
	b.Helper()
	if closing {
		return // those that keep their connections have warmed it
	}
	c := dial(b, 1, url)[0]
	for _, text := range texts {
		if err := c.exchange(text); err != nil {
			b.Fatalf("%s: %v", url, err)
		}
	}
}

// until calls f from several goroutines until a moment, and counts the calls.
func until(end time.Time, clients int, f func(n int) error) (int, error) {
	var next atomic.Int64
	errs := make([]error, clients)
	var wait sync.WaitGroup
	for client := range clients {
		wait.Go(func() {
			for time.Now().Before(end) && errs[client] == nil {
				errs[client] = f(int(next.Add(1)))
			}
		})
	}
	wait.Wait()
	return int(next.Load()), errors.Join(errs...)
}

// startTime is the time from the start of the program to its first answer, the
// median of five.
func startTime(b *testing.B, db *servers.Database) time.Duration {
	b.Helper()
	var took []time.Duration
	for range 5 {
		g := gateways.Start(b, options, registrySite(db, "cache"))
		took = append(took, g.Started)
		g.Kill(b)
	}
	slices.Sort(took)
	return took[len(took)/2]
}

// machine says what the figures were measured on.
func machine() string {
	model := "an unknown processor"
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if _, rest, found := strings.Cut(string(text), "model name\t: "); found {
			model, _, _ = strings.Cut(rest, "\n")
		}
	}
	return fmt.Sprintf("%d cores of %s, %s", runtime.NumCPU(), model, runtime.Version())
}

package faults

import (
	"flag"
	"math"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/faults/scenario"
	"github.com/glancegate/glancegate/integration/gateways"
	"github.com/glancegate/glancegate/integration/servers"
)

// steady is how long TestSteady lets clients work.
var steady = flag.Duration("faults.steady", 2*time.Minute, "the `length` of the run that measures what a gateway accumulates")

// usage is what a gateway had of the machine for some time: the most of everything, since
// a pause of the clients, which makes it smaller for a moment, says nothing; and what
// is left on the heap in such a pause, without what the cache counts as its own.
type usage struct {
	memory, heap            int64 // bytes
	goroutines, descriptors int
}

func (u *usage) add(t *testing.T, g *gateways.Gateway) {
	u.memory = max(u.memory, g.Memory(t))
	u.goroutines = max(u.goroutines, g.Goroutines(t))
	u.descriptors = max(u.descriptors, g.Descriptors(t))
}

// left is that of the heap, the least of a few readings: the first garbage collections
// empty the pools.
func left(t *testing.T, g *gateways.Gateway) (least int64) {
	t.Helper()
	least = math.MaxInt64
	for range 4 {
		least = min(least, g.Heap(t)-cached(t, g))
	}
	return least
}

// cached is what the cache of a gateway counts as its own.
func cached(t *testing.T, g *gateways.Gateway) int64 {
	t.Helper()
	caches, err := g.Admin.Caches()
	if err != nil || len(caches) != 1 {
		t.Fatal(caches, err)
	}
	return caches[0].Bytes
}

// exceeds reports whether a gateway has more than it had, by a tenth.
func (u *usage) exceeds(before *usage) bool {
	return u.memory > before.memory*11/10 || u.heap > before.heap*11/10 ||
		u.goroutines > before.goroutines+20 || u.descriptors > before.descriptors+20
}

// A gateway that has worked for long has no more of the machine than one that has
// worked for a while. It has everything that could accumulate: a cache, Redis, a
// feed, a census and an access log, and images that come and go. The cache is small: it
// is full in the first quarter, which is not compared. Nothing is broken, so requests
// have the time that they have by default.
func TestSteady(t *testing.T) {
	db := servers.NewDatabase(t, servers.MySQL)
	cache := "cache {\nsize 1MiB\nchanges\nredis " + servers.NewRedis(t) + "\nnamespace steady\nkey 0123456789abcdef0123456789abcdef\n}"
	start := func() *gateways.Gateway {
		folder := t.TempDir()
		return gateways.Start(t, "", site(db.URL, cache+"\ncensus {\nfile `"+folder+"/census.sqlite`\n}\nlimits {\nrequest 1m\n}")+
			"\nlog {\noutput file `"+folder+"/access.log` {\nroll_size 1MiB\nroll_keep 2\n}\n}")
	}
	nodes := []*gateways.Gateway{start(), start()}
	l := scenario.Begin(t, db, []string{nodes[0].URLs[0], nodes[1].URLs[0]}, scenario.Age(oldest))
	const parts = 4
	used := make([][parts]usage, len(nodes))
	for part := range parts {
		for end := time.Now().Add(*steady / parts); time.Now().Before(end); {
			l.Work(time.Second)
			for n, g := range nodes {
				used[n][part].add(t, g)
			}
		}
		l.Still(func() {
			for n, g := range nodes {
				used[n][part].heap = left(t, g)
			}
		})
	}
	var peak int64
	for n, g := range nodes {
		peak = max(peak, g.Peak(t))
		for part, u := range used[n] {
			t.Logf("node %d, quarter %d: %d KiB, %d KiB of heap beside the cache, %d goroutines, %d descriptors",
				n, part+1, u.memory>>10, u.heap>>10, u.goroutines, u.descriptors)
		}
		t.Logf("node %d: the cache has %d KiB at the end", n, cached(t, g)>>10)
		if used[n][parts-1].exceeds(&used[n][1]) {
			t.Errorf("node %d accumulates something", n)
		}
	}
	l.End("steady", peak, scenario.Bounds{Longest: mostInterference, Peak: mostMemory})
}

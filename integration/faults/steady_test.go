package faults

import (
	"flag"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/faults/scenario"
	"github.com/glancegate/glancegate/integration/gateways"
	"github.com/glancegate/glancegate/integration/servers"
)

// steady is how long TestSteady lets clients work.
var steady = flag.Duration("faults.steady", 2*time.Minute, "the `length` of the run that measures what a gateway accumulates")

// usage is what a gateway has of the machine.
type usage struct {
	memory                  int64 // bytes
	goroutines, descriptors int
}

// most is the greatest of each over some readings: what a garbage collection or a
// pause of the clients makes smaller for a moment says nothing.
func most(readings []usage) (m usage) {
	for _, u := range readings {
		m.memory = max(m.memory, u.memory)
		m.goroutines = max(m.goroutines, u.goroutines)
		m.descriptors = max(m.descriptors, u.descriptors)
	}
	return m
}

// A gateway that has worked for long has no more of the machine than one that has
// worked for a while. It has everything that could accumulate: a cache, Redis, a
// feed and an access log, and images that come and go.
func TestSteady(t *testing.T) {
	db := servers.NewDatabase(t, servers.MySQL)
	cache := "cache {\nsize 8MiB\nchanges\nredis " + servers.NewRedis(t) + "\nnamespace steady\nkey 0123456789abcdef0123456789abcdef\n}"
	log := "\nlog {\noutput file `" + t.TempDir() + "/access.log` {\nroll_size 1MiB\nroll_keep 2\n}\n}"
	nodes := []*gateways.Gateway{
		gateways.Start(t, "", site(db.URL, cache)+log),
		gateways.Start(t, "", site(db.URL, cache)+log),
	}
	l := scenario.Begin(t, db, []string{nodes[0].URLs[0], nodes[1].URLs[0]}, scenario.Age(oldest))
	const parts = 4
	readings := make([][parts][]usage, len(nodes))
	for part := range parts {
		for end := time.Now().Add(*steady / parts); time.Now().Before(end); {
			l.Work(time.Second)
			for n, g := range nodes {
				readings[n][part] = append(readings[n][part], usage{g.Memory(t), g.Goroutines(t), g.Descriptors(t)})
			}
		}
	}
	var peak int64
	for n, parts := range readings {
		early, late := most(parts[1]), most(parts[len(parts)-1])
		peak = max(peak, nodes[n].Peak(t))
		t.Logf("node %d: %d MiB, %d goroutines, %d descriptors in the second quarter; %d MiB, %d, %d in the last",
			n, early.memory>>20, early.goroutines, early.descriptors, late.memory>>20, late.goroutines, late.descriptors)
		if late.memory > early.memory*5/4+16<<20 || late.goroutines > early.goroutines+20 || late.descriptors > early.descriptors+20 {
			t.Errorf("node %d accumulates something", n)
		}
	}
	l.End("steady", peak, scenario.Bounds{Longest: mostInterference, Peak: mostMemory})
}

// Package benchmark measures the gateway as it is deployed, inside Caddy and in
// front of real database servers, against something that is measured in the same
// run: figures of two runs, or of two machines, say nothing about each other.
//
//	make bench        requests, against Caddy's respond and against their bare SQL
//	make bench-scale  lists of a million images, against lists of a thousand
package benchmark

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/gateways"
	"github.com/glancegate/glancegate/integration/servers"
)

// side is one of the things that are compared. run does operation n for one of
// the clients; it does not fail the benchmark itself, as it runs beside it.
type side struct {
	name string
	run  func(client, n int) error
}

// rounds is how often the sides take turns within a measurement, so that noise
// of the machine hits all of them.
const rounds = 30

// comparison is how long each side took, round by round.
type comparison [][]time.Duration

// compare lets clients do b.N operations of the first side, and as many of each
// other one in between. Time and allocations that the benchmark reports are those
// of the first.
func compare(b *testing.B, clients int, sides ...side) comparison {
	b.Helper()
	b.StopTimer()
	b.ResetTimer()
	var c comparison
	total := time.Duration(0)
	for from, round := 0, 0; from < b.N; round++ {
		to := min(b.N, from+max(clients, b.N/rounds))
		took := make([]time.Duration, len(sides))
		for k := range sides {
			at := (k + round) % len(sides)
			if at == 0 {
				b.StartTimer()
			}
			start := time.Now()
			err := runSide(sides[at], clients, from, to)
			took[at] = time.Since(start)
			b.StopTimer()
			if err != nil {
				b.Fatalf("%s: %v", sides[at].name, err)
			}
		}
		c = append(c, took)
		total += took[0]
		from = to
	}
	b.ReportMetric(float64(b.N)/total.Seconds(), "op/s")
	return c
}

// share is the speed of the first side as a share of that of others, done one
// after the other: the median of all rounds, which a disturbed one does not move.
func (c comparison) share(others ...int) float64 {
	var shares []float64
	for _, took := range c {
		sum := time.Duration(0)
		for _, at := range others {
			sum += took[at]
		}
		shares = append(shares, sum.Seconds()/took[0].Seconds())
	}
	slices.Sort(shares)
	return shares[len(shares)/2]
}

// runSide spreads the operations over clients that work at the same time.
func runSide(s side, clients, from, to int) error {
	if clients == 1 {
		for n := from; n < to; n++ {
			if err := s.run(0, n); err != nil {
				return err
			}
		}
		return nil
	}
	next := atomic.Int64{}
	next.Store(int64(from) - 1)
	failed := make(chan error, clients)
	var wait sync.WaitGroup
	for client := range clients {
		wait.Go(func() {
			for {
				n := int(next.Add(1))
				if n >= to {
					return
				}
				if err := s.run(client, n); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	wait.Wait()
	close(failed)
	return <-failed
}

func TestMain(m *testing.M) {
	defer gateways.Clean()
	servers.Main(m)
}

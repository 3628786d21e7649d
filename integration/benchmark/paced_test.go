package benchmark

import (
	"slices"
	"sync"
	"testing"
	"time"
)

// paced sends requests at a fixed rate a second for some time, whether the answers
// to the earlier ones have come or not, as users do. It returns how long each took
// from the moment at which it was due, sorted.
func paced(b *testing.B, baseURL string, texts [][]byte, rate float64, length time.Duration) []time.Duration {
	b.Helper()
	connections := dial(b, connectionsOfLoad, baseURL)
	count := int(rate * length.Seconds())
	took := make([]time.Duration, count)
	due := make(chan int, count)
	start := time.Now()
	at := func(n int) time.Time { return start.Add(time.Duration(float64(n) / rate * float64(time.Second))) }
	failed := make(chan error, len(connections))
	var wait sync.WaitGroup
	for _, c := range connections {
		wait.Go(func() {
			for n := range due {
				if err := c.exchange(texts[n%len(texts)]); err != nil {
					failed <- err
					return
				}
				took[n] = time.Since(at(n))
			}
		})
	}
	for n := range count {
		time.Sleep(time.Until(at(n)))
		due <- n
	}
	close(due)
	wait.Wait()
	close(failed)
	if err := <-failed; err != nil {
		b.Fatal(err)
	}
	slices.Sort(took)
	return took
}

// percentile of sorted durations.
func percentile(sorted []time.Duration, percent float64) time.Duration {
	return sorted[min(len(sorted)-1, int(float64(len(sorted))*percent/100))]
}

package kit

import (
	"sync/atomic"
	"testing"
	"time"
)

func TestPace(t *testing.T) {
	const interval, steps = 5 * time.Millisecond, 3
	for name, slow := range map[string]time.Duration{"slow steps": 10 * time.Millisecond, "fast steps": 0} {
		t.Run(name, func(t *testing.T) {
			p, stop, ended := NewPace(interval, steps), make(chan struct{}), make(chan int)
			var taken atomic.Int64
			began, done := time.Now(), 0
			go func() { ended <- p.Follow(stop, func(n int) { taken.Store(int64(n) + 1) }) }()
			for taken.Load() < 10 {
				p.Step()
				done++
				time.Sleep(slow) // is the work of a step
			}
			close(stop)
			took, turns := time.Since(began), <-ended
			if int64(turns) != taken.Load() || done < steps*10 || took < 10*interval {
				t.Errorf("%d turns, of which %d were seen, after %d steps and %v", turns, taken.Load(), done, took)
			}
		})
	}
}

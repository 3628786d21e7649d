package breaker

import (
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(time.Second)
		if !b.Allow() {
			t.Error("refused before any failure")
		}
		for n := int64(1); n <= 3; n++ {
			if got := b.Failure(); got != n {
				t.Errorf("failure %d counts as %d", n, got)
			}
			if b.Allow() {
				t.Error("allowed after a failure")
			}
			if got := b.Failure(); got != 0 {
				t.Errorf("a failure during the pause counts as %d", got)
			}
			time.Sleep(time.Second)
			if !b.Allow() {
				t.Error("refused after the pause")
			}
		}
		b.Success()
		if got := b.Failure(); got != 1 {
			t.Errorf("the first failure after a success counts as %d", got)
		}
	})
}

// Requests that fail together begin one pause.
func TestFailuresTogether(t *testing.T) {
	b := New(time.Hour)
	var begun atomic.Int64
	var clients sync.WaitGroup
	for range 50 {
		clients.Go(func() { begun.Add(b.Failure()) })
	}
	clients.Wait()
	if got := begun.Load(); got != 1 {
		t.Errorf("%d pauses began", got)
	}
}

package backoff

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := Backoff{First: 100 * time.Millisecond, Max: time.Second}
		for _, limit := range []time.Duration{100, 200, 400, 800, 1000, 1000} {
			expectPause(t, &b, limit*time.Millisecond)
		}
		b.Reset()
		expectPause(t, &b, b.First)
	})
}

func expectPause(t *testing.T, b *Backoff, limit time.Duration) {
	t.Helper()
	start := time.Now()
	if !b.Wait(t.Context()) {
		t.Error("the pause ended early")
	}
	if took := time.Since(start); took < limit/2 || took > limit {
		t.Errorf("a pause of %s, not of %s to %s", took, limit/2, limit)
	}
}

func TestEndOfContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		b := Backoff{First: time.Hour, Max: time.Hour}
		if b.Wait(ctx) || time.Since(start) != time.Second {
			t.Errorf("the pause ended after %s", time.Since(start))
		}
	})
}

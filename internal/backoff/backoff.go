// Package backoff spaces attempts that fail: each pause is twice as long as the
// one before, up to a limit, and has jitter, so that several clients do not
// retry at the same moment.
package backoff

import (
	"context"
	"math/rand/v2"
	"time"
)

// Backoff waits between the attempts of one caller.
type Backoff struct {
	First time.Duration // the upper bound of the first pause
	Max   time.Duration // the upper bound of all pauses

	limit time.Duration // of the next pause; 0: First
}

// Wait pauses for between half of the current bound and all of it, and doubles
// the bound. It returns false at once when ctx ends.
func (b *Backoff) Wait(ctx context.Context) bool {
	timer := time.NewTimer(b.next())
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// Reset makes the next pause the first one again.
func (b *Backoff) Reset() { b.limit = 0 }

func (b *Backoff) next() time.Duration {
	limit := min(max(b.limit, b.First), b.Max)
	b.limit = 2 * limit
	return limit/2 + rand.N(limit-limit/2+1)
}

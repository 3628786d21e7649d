package cache

import (
	"context"
	"sync/atomic"
)

// Outcome says where an answer came from.
type Outcome int32

// The outcomes, from the fastest to the slowest.
const (
	Unused      Outcome = iota // no look-up
	Hit                        // in this process
	NegativeHit                // in this process: there is no such image
	SharedHit                  // in Redis
	Miss                       // in the database, and kept
	Bypass                     // in the database, without the cache
	Outcomes                   // how many there are
)

func (o Outcome) String() string {
	return [Outcomes]string{"", "hit", "negative", "shared", "miss", "bypass"}[o]
}

// Trace keeps the slowest outcome of a request.
type Trace struct{ worst atomic.Int32 }

// Outcome returns the slowest outcome so far.
func (t *Trace) Outcome() Outcome { return Outcome(t.worst.Load()) }

type traceKey struct{}

// Traced is a context with a Trace, in which look-ups note their outcomes.
type Traced struct {
	context.Context
	Trace
}

// Value implements context.Context.
func (t *Traced) Value(key any) any {
	if key == (traceKey{}) {
		return &t.Trace
	}
	return t.Context.Value(key)
}

// count notes the outcome of a look-up.
func (c *Cache) count(ctx context.Context, o Outcome) {
	c.counters.Lookups[o].Add(1)
	if t, _ := ctx.Value(traceKey{}).(*Trace); t != nil && int32(o) > t.worst.Load() {
		t.worst.Store(int32(o))
	}
}

// Counters counts events of caches.
type Counters struct {
	Lookups       [Outcomes]atomic.Uint64 // by Outcome
	Invalidations [Sources]atomic.Uint64  // by Source
	Evictions     atomic.Uint64           // values dropped to stay within the size
	Undecodable   atomic.Uint64           // shared values that could be opened, but not decoded
}

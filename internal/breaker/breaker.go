// Package breaker keeps requests from waiting for a service that just failed.
package breaker

import (
	"sync/atomic"
	"time"
)

// Breaker refuses attempts for a pause after each failure.
type Breaker struct {
	pause    time.Duration
	born     time.Time    // a monotonic clock: the system's clock may be set
	until    atomic.Int64 // attempts are refused until then, in nanoseconds since born
	failures atomic.Int64
}

// New makes a Breaker that refuses attempts for a pause after each failure.
func New(pause time.Duration) *Breaker { return &Breaker{pause: pause, born: time.Now()} }

// Allow reports whether an attempt may be made now.
func (b *Breaker) Allow() bool { return int64(time.Since(b.born)) >= b.until.Load() }

// Success notes an attempt that succeeded.
func (b *Breaker) Success() { b.failures.Store(0) }

// Failure notes an attempt that failed and begins a pause. It returns how many
// pauses began since the last success, or 0 if this failure began none: others
// that fail at the same time count once.
func (b *Breaker) Failure() int64 {
	now, until := int64(time.Since(b.born)), b.until.Load()
	if now < until || !b.until.CompareAndSwap(until, now+int64(b.pause)) {
		return 0
	}
	return b.failures.Add(1)
}

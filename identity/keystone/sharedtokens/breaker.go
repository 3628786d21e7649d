package sharedtokens

import (
	"sync/atomic"
	"time"
)

// pause is how long Redis is left alone after a failure.
const pause = time.Second

// breaker keeps requests from a Redis that just failed.
type breaker struct{ until atomic.Int64 } // Unix time in nanoseconds

func (b *breaker) closed(now time.Time) bool { return now.UnixNano() >= b.until.Load() }

func (b *breaker) open(now time.Time) { b.until.Store(now.Add(pause).UnixNano()) }

package cache

import "sync/atomic"

// Counters counts events of caches.
type Counters struct {
	Lookups       [outcomes]atomic.Uint64 // by Outcome
	Invalidations [Sources]atomic.Uint64  // by Source
	Evictions     atomic.Uint64           // values dropped to stay within the size
	Undecodable   atomic.Uint64           // shared values that could be opened, but not decoded
}

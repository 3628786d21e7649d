package cache

import "sync/atomic"

// Counters counts what happens in caches. They only go up.
type Counters struct {
	Lookups       [outcomes]atomic.Uint64 // by Outcome
	Invalidations [Sources]atomic.Uint64  // by Source
	Evictions     atomic.Uint64           // values dropped for lack of room
	Undecodable   atomic.Uint64           // shared values that opened, but are no records
}

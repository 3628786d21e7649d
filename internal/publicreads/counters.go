package publicreads

import "sync/atomic"

// Reason says why an answer was not kept, or a request passed on without a look.
type Reason int

// The reasons.
const (
	Feed       Reason = iota // nothing may be cached for now
	Identity                 // the sender is not plainly known
	Unreadable               // a query that the gateway does not read as a list
	Unsuitable               // no 200 with JSON, or one that may not be stored
	TooLarge                 // larger than max_body
	Mismatch                 // not what the gateway's own record shows
	Overtaken                // something has changed since it was asked for
	Busy                     // too many answers wait for their comparison
	Failed                   // the comparison failed
	Reasons
)

func (r Reason) String() string {
	return [Reasons]string{"feed", "identity", "unreadable", "unsuitable", "too_large", "mismatch", "overtaken", "busy", "failed"}[r]
}

// Counters counts what happens to public reads. They only go up.
type Counters struct {
	Hits, Misses, Kept atomic.Uint64
	Refused            [Reasons]atomic.Uint64
}

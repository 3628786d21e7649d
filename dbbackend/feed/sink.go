package feed

import "time"

// Sink receives what a feed reports. Its methods, and the functions that Changing
// returns, are called by one goroutine at a time.
type Sink interface {
	// Up says that every change from now on will be reported. What was read before
	// may be stale. Current follows.
	Up()

	// Down says that changes may be missed from now on, for this reason. It is
	// also called if the feed can't come up for the first time. While the feed is
	// down, it is called again whenever an attempt fails for a new reason, but never
	// twice in a row for the same one.
	Down(reason error)

	// Current says that all changes acknowledged before that moment, by any node of
	// a cluster, were reported. It is called about twice a second while the feed is
	// up, with a moment less than two seconds ago.
	Current(before time.Time)

	// Changed says that rows of these images changed. Every reader sees the change
	// already.
	Changed(ids ...string)

	// Changing says that rows of these images changed, but readers may not see the
	// change yet. The returned function is called once they do, unless the feed
	// goes down first.
	Changing(ids ...string) (visible func())

	// ChangedAll says that anything may have changed. Every reader sees the change
	// already.
	ChangedAll()
}

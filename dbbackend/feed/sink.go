package feed

import "time"

// Sink is told what a feed hears. Methods, and the functions that Changing
// returns, are called from one goroutine at a time only.
type Sink interface {
	// Up says that from now on every change will be told. What was read before
	// is vouched for by nobody. Current follows.
	Up()

	// Down says that changes may be missed from now on, for this reason. It is
	// called before the feed is up for the first time if that does not work. It is
	// called again while the feed stays down whenever a later attempt fails for
	// another reason, which replaces the one before, and never twice in a row for
	// the same.
	Down(reason error)

	// Current says that all changes that were acknowledged before that moment, by
	// any node of a cluster, have been told. It is called about twice a second while
	// the feed is up, with a moment that is less than two seconds ago.
	Current(before time.Time)

	// Changed says that rows of these images changed, and every reader sees the
	// change already.
	Changed(ids ...string)

	// Changing says that rows of these images changed, but readers may not see
	// it yet. The function it returns is called once they do; it is not called
	// when the feed goes down before.
	Changing(ids ...string) (settle func())

	// ChangedAll says that anything may have changed, and every reader sees it
	// already.
	ChangedAll()
}

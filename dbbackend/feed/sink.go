package feed

// Sink is told what a feed hears. Methods, and the functions that Changing
// returns, are called from one goroutine at a time only.
type Sink interface {
	// Up says that from now on every change will be told. What was read before
	// is vouched for by nobody.
	Up()

	// Down says that changes may be missed from now on, for this reason. It is
	// called once before the feed is up for the first time if that does not
	// work, and never twice in a row.
	Down(reason error)

	// Heard is called with every sign of life, at least once a second while the
	// feed is up.
	Heard()

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

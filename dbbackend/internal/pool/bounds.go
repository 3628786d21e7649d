package pool

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/glancegate/glancegate/dbbackend/internal/fault"
)

// Every wait of a request has a bound (docs/operations.md, Bounds).
const (
	// connectionWait bounds the wait for a connection of the pool.
	connectionWait = 10 * time.Second

	// commitTimeout bounds a commit. rollbackTimeout bounds the end of an abandoned
	// transaction; after that its connection is closed.
	commitTimeout   = 30 * time.Second
	commitGrace     = time.Second
	rollbackTimeout = time.Second

	// interruptTimeout is how long the server has to end a statement whose request has
	// ended. After that the connection is closed.
	interruptTimeout = 1500 * time.Millisecond

	// LockTimeout is how long a server lets a statement wait for a lock that another
	// transaction holds.
	LockTimeout = 5 * time.Second

	// tableLockTimeout is the same for locks of tables on MySQL and MariaDB, which a
	// change of the schema or a backup takes.
	tableLockTimeout = time.Minute

	// sqliteLockTimeout is that of SQLite. It is short, since a wait of SQLite can't be
	// interrupted.
	sqliteLockTimeout = time.Second
)

// commitContext bounds a commit, which does not stop when its client disconnects. It
// may exceed the request's deadline a little: the commit has begun, and its outcome
// would be unknown.
func commitContext(ctx context.Context) (context.Context, context.CancelFunc) {
	limit := time.Now().Add(commitTimeout)
	if deadline, ok := ctx.Deadline(); ok && deadline.Before(limit) {
		limit = deadline.Add(commitGrace)
	}
	return context.WithDeadline(context.WithValue(context.WithoutCancel(ctx), commitKey{}, true), limit)
}

// commitKey marks the context of a commit.
type commitKey struct{}

// isCommit reports whether a context is that of a commit. The answer of one that the server
// was asked to end is worth nothing: PostgreSQL that waits for a synchronous standby answers
// then as if the standby had the transaction.
func isCommit(ctx context.Context) bool { return ctx.Value(commitKey{}) != nil }

// slots bounds how many connections are in use at a time, first come, first served.
type slots struct{ *semaphore.Weighted }

func newSlots(n int) slots { return slots{semaphore.NewWeighted(int64(n))} }

// take waits for a slot, but no longer than connectionWait.
func (s slots) take(ctx context.Context) error {
	if s.TryAcquire(1) {
		return nil
	}
	bounded, cancel := context.WithTimeout(ctx, connectionWait)
	defer cancel()
	switch err := s.Acquire(bounded, 1); {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return fmt.Errorf("%w within %s", fault.ErrCrowded, connectionWait)
}

func (s slots) give() { s.Release(1) }

// writersOf is how many of a pool's connections transactions may use. The rest is for
// reads, which never queue behind writers that wait for locks.
func writersOf(connections int) int {
	return max(1, connections-max(1, connections/4))
}

package dbbackend

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/semaphore"
)

// What a request waits for has a bound (docs/operations.md, Bounds).
const (
	// connectionWait bounds the wait for a connection of the pool.
	connectionWait = 10 * time.Second

	// commitTimeout bounds a commit, and rollbackTimeout the end of an abandoned
	// transaction, after which its connection is thrown away.
	commitTimeout   = 30 * time.Second
	commitGrace     = time.Second
	rollbackTimeout = time.Second

	// interruptTime is how long the server has to end a statement of a request that
	// has ended. Its connection is closed then.
	interruptTime = 1500 * time.Millisecond

	// lockWait is how long a server lets a statement wait for a lock that another
	// transaction holds.
	lockWait = 5 * time.Second

	// tableLockWait is the same for locks of tables, which a change of the schema or
	// a backup takes, on MySQL and MariaDB.
	tableLockWait = time.Minute

	// lockPatience is how long a transaction is tried again that meets such a lock.
	// It ends with the attempt that it interrupts, so there are two of lockWait.
	lockPatience = 2 * lockWait

	// sqliteLockPatience is that of SQLite. Its own wait can't be interrupted, so it
	// is short, and repeated.
	sqliteLockPatience = 5 * time.Second
	sqliteLockWait     = time.Second
)

// commitContext bounds a commit, which goes on when its client leaves. At the end
// of the time for a request it gets a little more: it has begun, and what has
// become of it would not be known.
func commitContext(ctx context.Context) (context.Context, context.CancelFunc) {
	limit := time.Now().Add(commitTimeout)
	if deadline, ok := ctx.Deadline(); ok && deadline.Before(limit) {
		limit = deadline.Add(commitGrace)
	}
	return context.WithDeadline(context.WithoutCancel(ctx), limit)
}

// errCrowded says that no connection became free in time.
var errCrowded = errors.New("no connection of the pool became free within " + connectionWait.String())

// slots bounds how many connections are in use at a time. Who waited longest is
// served first.
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
	return errCrowded
}

func (s slots) give() { s.Release(1) }

// writersOf is how many of a pool's connections transactions may have: the rest
// is for reads, which never queue behind writers that wait for locks.
func writersOf(connections int) int {
	return max(1, connections-max(1, connections/4))
}

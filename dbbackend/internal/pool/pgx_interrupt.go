package pool

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
)

// interrupter asks the server to end a statement whose request has ended. If it does, the
// connection can still be used.
//
// A cancel request names a connection, not a statement, and goes over another connection.
// pgx's own handler gives it up when the statement has ended by itself, and then waits for
// a tenth of a second. If the server takes longer to act on it, it ends the next statement
// on that connection, which is somebody else's.
type interrupter struct {
	conn  *pgconn.PgConn
	asked chan struct{} // closed when the server has answered the cancel request, or too late

	// state belongs to whoever uses the connection, but to the cancel request until asked
	// is closed.
	state interruption
}

// interruption is how far a cancel request of a connection has come.
type interruption int

const (
	settled  interruption = iota // there is none that could still arrive
	sent                         // its server process has a signal that may be pending
	anywhere                     // it may still be on its way
)

// interrupterKey is where a connection has its interrupter (pgconn.PgConn.CustomData).
const interrupterKey = "glancegate interrupter"

func newInterrupter(c *pgconn.PgConn) ctxwatch.Handler {
	i := &interrupter{conn: c}
	c.CustomData()[interrupterKey] = i
	return i
}

// HandleCancel implements ctxwatch.Handler. A commit ends with its connection, and whether
// it was done is not known: pgx asks the server to end it, too, but nobody gets the answer.
func (i *interrupter) HandleCancel(ended context.Context) {
	asked := make(chan struct{})
	i.asked = asked
	if isCommit(ended) {
		_ = i.conn.Conn().SetDeadline(time.Now())
		close(asked)
		return
	}
	limit := time.Now().Add(interruptTimeout)
	_ = i.conn.Conn().SetDeadline(limit)
	go func() {
		defer close(asked)
		ctx, cancel := context.WithDeadline(context.Background(), limit)
		defer cancel()
		before := i.state
		i.state = anywhere
		// The server closes the connection of the request once it has sent the signal. pgx
		// returns no error where the context ends before that.
		err := i.conn.CancelRequest(ctx)
		if err == nil && ctx.Err() == nil && before != anywhere {
			i.state = sent
		}
	}()
}

// HandleUnwatchAfterCancel implements ctxwatch.Handler.
func (i *interrupter) HandleUnwatchAfterCancel() {
	<-i.asked
	_ = i.conn.Conn().SetDeadline(time.Time{})
}

// canceled is the SQLSTATE of a statement that a cancel request has ended.
const canceled = "57014"

// ready is a PrepareConn hook: it reports whether no cancel request can end the next
// statement of a connection. A signal that is pending ends an exchange that does nothing,
// or comes before it and is ignored.
func ready(ctx context.Context, c *pgx.Conn) (bool, error) {
	i, ok := c.PgConn().CustomData()[interrupterKey].(*interrupter)
	if !ok || i.state == settled {
		return true, nil
	}
	if i.state == anywhere {
		return false, nil
	}
	i.state = settled
	err := c.Ping(ctx)
	var answer *pgconn.PgError
	if errors.As(err, &answer) && answer.Code == canceled {
		err = nil
	}
	return err == nil && i.state == settled, nil
}

package dbbackend

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/glancegate/glancegate/registry/records"
)

// fault is what an error of a driver means for us.
type fault int

const (
	other       fault = iota
	contention        // deadlock, serialization failure: the transaction may run again
	locked            // another transaction has a lock for longer than the database waits
	stale             // a table or column is not there: the schema is not what we thought
	triggered         // triggers that have come refuse what was right without them
	outdated          // what the server prepared for a connection is of an earlier schema
	duplicate         // a unique key has that value
	refused           // the database does not take a value
	lost              // a connection that was there is gone, and others may be, too
	unavailable       // no connection, a server that is starting or read-only
	crowded           // all connections of the pool are in use
	interrupted       // the database has ended the statement: by a time limit, or somebody's word
	elsewhere         // the server can't do it now; another one behind the same address may
)

// translate is that of the dialect, where the end of a request is the cause of
// what the driver met then.
func (b *Backend) translate(ctx context.Context, err error) error {
	var known *records.Error
	if err == nil || ctx.Err() == nil || endedByContext(err) || errors.As(err, &known) {
		return b.d.translate(err)
	}
	return b.d.translate(fmt.Errorf("%w: %v", ctx.Err(), err))
}

// connectError is why there is no connection, where the driver has no type for
// it.
type connectError struct{ error }

func (e *connectError) Unwrap() error { return e.error }

// endedByContext tells the end of a request from that of a time that was given
// for connecting.
func endedByContext(err error) bool {
	var connect *connectError
	var connectPgx *pgconn.ConnectError
	return (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)) &&
		!errors.As(err, &connect) && !errors.As(err, &connectPgx)
}

// translate makes an error of the rules from one of a driver.
func (d *dialect) translate(err error) error {
	var known *records.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	if endedByContext(err) {
		return &records.Error{Kind: records.Unavailable, Message: "The request ended before the database answered", Err: err}
	}
	switch d.classify(err) {
	case duplicate:
		return &records.Error{Kind: records.Duplicate, Message: "The value is taken", Err: err}
	case refused:
		return &records.Error{Kind: records.BadValue, Message: "The database refuses a value: " + reason(err), Err: err}
	case locked:
		return &records.Error{Kind: records.Unavailable, Message: "Another transaction of the database holds a lock", Err: err}
	case crowded:
		return &records.Error{Kind: records.Unavailable, Message: "All connections to the database are in use", Err: err}
	case interrupted:
		return &records.Error{Kind: records.Unavailable, Message: "The database has interrupted the request", Err: err}
	case contention, outdated, lost, unavailable, elsewhere:
		return &records.Error{Kind: records.Unavailable, Message: "The database is not available", Err: err}
	}
	return err
}

// reason is what the database says, for the client: its own values, and no
// more.
func reason(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Message
	}
	var my *mysql.MySQLError
	if errors.As(err, &my) {
		return my.Message
	}
	return err.Error()
}

// classifyConnection knows the errors that are no answer of a server.
func classifyConnection(err error) fault {
	var network net.Error
	var connect *connectError
	var connectPgx *pgconn.ConnectError
	switch {
	case errors.Is(err, errCrowded):
		return crowded
	case errors.As(err, &connect), errors.As(err, &connectPgx), strings.Contains(err.Error(), "closed pool"):
		return unavailable
	case errors.As(err, &network), pgconn.SafeToRetry(err),
		errors.Is(err, driver.ErrBadConn), errors.Is(err, sql.ErrConnDone),
		errors.Is(err, net.ErrClosed), strings.Contains(err.Error(), "unexpected EOF"):
		return lost
	}
	return other
}

// Package fault classifies the errors of database drivers: whether a statement may
// run again, and what an administrator can do.
package fault

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/puddle/v2"
)

// Kind is what an error of a driver means for the caller.
type Kind int

const (
	Other       Kind = iota
	Contention       // deadlock, serialization failure: the transaction may run again
	Locked           // another transaction held a lock until the timeout
	Stale            // a table or column is missing: the schema has changed
	Triggered        // triggers of an upgrade refuse the statement
	HalfDone         // triggers of an upgrade name a column that is gone; they will be, too
	Outdated         // a prepared statement is of an earlier schema
	Duplicate        // a unique key has that value already
	Refused          // the database does not accept a value
	Lost             // the connection broke, and others may be broken, too
	Unavailable      // no connection, or a server that is starting
	Crowded          // all connections of the pool are in use
	Interrupted      // a time limit or an administrator ended the statement
	Elsewhere        // this server can't do it now, but another one behind the address may
)

// ErrCrowded says that no connection became free in time.
var ErrCrowded = errors.New("no connection of the pool became free")

// connectError is why no connection could be made, for drivers that have no type
// for it.
type connectError struct{ error }

func (e *connectError) Unwrap() error { return e.error }

// Connecting marks an error as the reason why no connection could be made.
func Connecting(err error) error { return &connectError{err} }

// EndedByContext reports whether the context of a request caused an error, rather than
// the timeout for connecting.
func EndedByContext(err error) bool {
	var connect *connectError
	var connectPgx *pgconn.ConnectError
	return (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)) &&
		!errors.As(err, &connect) && !errors.As(err, &connectPgx)
}

// Message is the database's message without the details that only concern an
// administrator.
func Message(err error) string {
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

// ofConnection classifies errors that are not a server's answer.
func ofConnection(err error) Kind {
	var network net.Error
	var connect *connectError
	var connectPgx *pgconn.ConnectError
	switch {
	case errors.Is(err, ErrCrowded):
		return Crowded
	case errors.As(err, &connect), errors.As(err, &connectPgx), errors.Is(err, puddle.ErrClosedPool):
		return Unavailable
	case errors.As(err, &network), pgconn.SafeToRetry(err),
		errors.Is(err, driver.ErrBadConn), errors.Is(err, sql.ErrConnDone),
		errors.Is(err, net.ErrClosed), errors.Is(err, io.ErrUnexpectedEOF):
		return Lost
	}
	return Other
}

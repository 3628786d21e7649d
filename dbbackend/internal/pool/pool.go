// Package pool runs statements on bounded sets of connections to PostgreSQL, MySQL
// or MariaDB, and SQLite.
package pool

import (
	"context"

	"github.com/glancegate/glancegate/dbbackend/internal/sqltext"
)

// Session runs statements on any connection of a pool, or on that of a transaction.
// Errors are those of the driver.
type Session interface {
	Query(ctx context.Context, s *sqltext.Statement) (Rows, error)
	Exec(ctx context.Context, s *sqltext.Statement) (matched int64, err error)
	// Insert is Exec for a table whose ids the database generates.
	Insert(ctx context.Context, s *sqltext.Statement) (id int64, err error)
}

// Rows is a result set. Close may be called more than once.
type Rows interface {
	Next() bool
	Scan(dest ...any) error
	Err() error
	Close()
}

// Pool is a set of connections to one database, which it opens on demand.
type Pool interface {
	Session
	Begin(ctx context.Context) (Transaction, error)
	// Snapshot begins a read-only transaction whose statements all see the database
	// as it is at the first of them.
	Snapshot(ctx context.Context) (Transaction, error)
	// Reset closes idle connections, which may be broken without the driver noticing.
	Reset()
	Close()
}

type Transaction interface {
	Session
	// Commit does not stop when the context of the request ends: a client that
	// disconnects must not make the outcome unknown.
	Commit(ctx context.Context) error
	// Rollback ends a transaction that was not committed. After a commit it does
	// nothing. It works after the context of the request has ended.
	Rollback()
}

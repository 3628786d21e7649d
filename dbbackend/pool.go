package dbbackend

import "context"

// session runs statements, on any connection of a pool or on the one of a
// transaction. Errors are those of the driver.
type session interface {
	query(ctx context.Context, s *statement) (rows, error)
	exec(ctx context.Context, s *statement) (matched int64, err error)
	// insert is exec for a table with ids that the database makes.
	insert(ctx context.Context, s *statement) (id int64, err error)
}

// rows is a result set. Close may be called more than once.
type rows interface {
	Next() bool
	Scan(dest ...any) error
	Err() error
	Close()
}

// pool is a set of connections to one database, opened when they are needed.
type pool interface {
	session
	begin(ctx context.Context) (transaction, error)
	// snapshot begins a transaction whose statements all see the database as it
	// is at the first of them. It changes nothing and is rolled back.
	snapshot(ctx context.Context) (transaction, error)
	// reset throws idle connections away where the driver does not see by
	// itself that they are broken.
	reset()
	close()
}

type transaction interface {
	session
	// commit goes on when the context of the request ends: a client that leaves
	// must not make it unknown whether something was changed.
	commit(ctx context.Context) error
	// rollback ends a transaction that was not committed; afterwards it does
	// nothing. It works after the context of the request has ended.
	rollback()
}

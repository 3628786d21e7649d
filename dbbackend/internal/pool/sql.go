package pool

import (
	"context"
	"database/sql"
	"database/sql/driver"

	"github.com/glancegate/glancegate/dbbackend/internal/mysqlconn"
	"github.com/glancegate/glancegate/dbbackend/internal/sqltext"
)

// sqlQuerier is what pools and connections of database/sql have in common.
type sqlQuerier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

type sqlSession struct {
	q       sqlQuerier
	prepare bool // have the server prepare queries with a fixed text
}

type sqlRows struct{ *sql.Rows }

func (r sqlRows) Close() { _ = r.Rows.Close() } // Err has reported what went wrong

func (p sqlSession) Query(ctx context.Context, s *sqltext.Statement) (Rows, error) {
	if p.prepare && s.Fixed() {
		ctx = mysqlconn.Prepared(ctx)
	}
	r, err := p.q.QueryContext(ctx, s.String(), s.Args...)
	if err != nil {
		return nil, err
	}
	return sqlRows{r}, nil
}

func (p sqlSession) Exec(ctx context.Context, s *sqltext.Statement) (int64, error) {
	r, err := p.q.ExecContext(ctx, s.String(), s.Args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

func (p sqlSession) Insert(ctx context.Context, s *sqltext.Statement) (int64, error) {
	r, err := p.q.ExecContext(ctx, s.String(), s.Args...)
	if err != nil {
		return 0, err
	}
	return r.LastInsertId()
}

// sqlPool reads and writes through database/sql. SQLite, which allows one writer at
// a time, has a second pool with one connection for writing.
type sqlPool struct {
	sqlSession
	readers, writers *sql.DB
	beginnings
	idle int // connections of readers that are kept
}

// beginnings are the statements by which transactions begin, and those by which
// snapshots do.
type beginnings struct{ transactions, snapshots []string }

// MySQL's isolation level is set, since a server may have another default. SQLite
// always has the one that snapshots need.
var (
	mysqlBeginnings = beginnings{
		[]string{"START TRANSACTION"},
		[]string{"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", "START TRANSACTION READ ONLY"},
	}
	sqliteBeginnings = beginnings{[]string{"BEGIN IMMEDIATE"}, []string{"BEGIN"}}
)

func newSQLPool(readers, writers *sql.DB, begin beginnings, idle int) *sqlPool {
	return &sqlPool{sqlSession{q: readers}, readers, writers, begin, idle}
}

// Begin uses a connection instead of an sql.Tx, which would roll back without a
// timeout, and also just before the commit of a request whose client disconnects.
func (p *sqlPool) Begin(ctx context.Context) (Transaction, error) {
	return p.begun(ctx, p.writers, p.transactions)
}

func (p *sqlPool) Snapshot(ctx context.Context) (Transaction, error) {
	return p.begun(ctx, p.readers, p.snapshots)
}

// begun runs the statements that begin a transaction.
func (p *sqlPool) begun(ctx context.Context, on *sql.DB, beginning []string) (Transaction, error) {
	conn, err := on.Conn(ctx)
	if err != nil {
		return nil, err
	}
	for _, statement := range beginning {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			// The transaction may have begun: SQLite's driver reports the end of the request
			// also where its interrupt came too early.
			throwAway(conn)
			return nil, err
		}
	}
	return &sqlTx{sqlSession{conn, p.prepare}, conn, false}, nil
}

// throwAway closes a connection that must not be used again.
func throwAway(conn *sql.Conn) {
	_ = conn.Raw(func(any) error { return driver.ErrBadConn })
	_ = conn.Close()
}

// Reset closes idle connections.
func (p *sqlPool) Reset() {
	p.readers.SetMaxIdleConns(0)
	p.readers.SetMaxIdleConns(p.idle)
}

func (p *sqlPool) Close() {
	_ = p.readers.Close()
	if p.writers != p.readers {
		_ = p.writers.Close()
	}
}

type sqlTx struct {
	sqlSession
	conn  *sql.Conn
	ended bool
}

func (t *sqlTx) Commit(ctx context.Context) error {
	ctx, cancel := commitContext(ctx)
	defer cancel()
	_, err := t.conn.ExecContext(ctx, "COMMIT")
	if err == nil {
		t.ended = true
		_ = t.conn.Close() // returns it to the pool
	}
	return err
}

func (t *sqlTx) Rollback() {
	if t.ended {
		return
	}
	t.ended = true
	ctx, cancel := context.WithTimeout(context.Background(), rollbackTimeout)
	defer cancel()
	if _, err := t.conn.ExecContext(ctx, "ROLLBACK"); err != nil {
		throwAway(t.conn)
		return
	}
	_ = t.conn.Close()
}

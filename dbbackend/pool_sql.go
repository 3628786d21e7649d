package dbbackend

import (
	"context"
	"database/sql"
	"fmt"
)

// sqlQuerier is what pools and transactions of database/sql have in common.
type sqlQuerier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

type sqlSession struct{ q sqlQuerier }

type sqlRows struct{ *sql.Rows }

func (r sqlRows) Close() { _ = r.Rows.Close() } // Err has reported what went wrong

func (p sqlSession) query(ctx context.Context, s *statement) (rows, error) {
	r, err := p.q.QueryContext(ctx, s.String(), s.args...)
	if err != nil {
		return nil, err
	}
	return sqlRows{r}, nil
}

func (p sqlSession) exec(ctx context.Context, s *statement) (int64, error) {
	r, err := p.q.ExecContext(ctx, s.String(), s.args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

func (p sqlSession) insert(ctx context.Context, s *statement) (int64, error) {
	r, err := p.q.ExecContext(ctx, s.String(), s.args...)
	if err != nil {
		return 0, err
	}
	return r.LastInsertId()
}

// sqlPool reads and writes through database/sql. SQLite has a pool of its own
// for writing, with one connection: it knows one writer at a time.
type sqlPool struct {
	sqlSession
	readers, writers *sql.DB
}

func newSQLPool(readers, writers *sql.DB) *sqlPool {
	return &sqlPool{sqlSession{readers}, readers, writers}
}

func (p *sqlPool) begin(ctx context.Context) (transaction, error) {
	// The end of the context of a transaction rolls it back, also just before its
	// commit. So the request's own context is that of the statements only.
	lasting, end := context.WithCancel(context.WithoutCancel(ctx))
	begun := context.AfterFunc(ctx, end)
	tx, err := p.writers.BeginTx(lasting, nil)
	ended := !begun()
	switch {
	case ended && err == nil:
		_ = tx.Rollback()
		return nil, ctx.Err()
	case ended: // the error is that of the lasting context
		return nil, fmt.Errorf("%w: %v", ctx.Err(), err)
	case err != nil:
		end()
		return nil, err
	}
	return sqlTx{sqlSession{tx}, tx, end}, nil
}

// snapshot takes the isolation that MySQL has by default, and SQLite always: a
// server may have another default.
func (p *sqlPool) snapshot(ctx context.Context) (transaction, error) {
	options := &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	if p.readers != p.writers {
		options = nil
	}
	tx, err := p.readers.BeginTx(ctx, options)
	if err != nil {
		return nil, err
	}
	return sqlTx{sqlSession{tx}, tx, func() {}}, nil
}

// reset does nothing: MySQL's driver looks at a connection before it uses it.
func (p *sqlPool) reset() {}

func (p *sqlPool) close() {
	_ = p.readers.Close()
	if p.writers != p.readers {
		_ = p.writers.Close()
	}
}

type sqlTx struct {
	sqlSession
	tx  *sql.Tx
	end context.CancelFunc
}

func (t sqlTx) commit(context.Context) error { return t.tx.Commit() }

func (t sqlTx) rollback() {
	_ = t.tx.Rollback() // after a commit it has nothing to do
	t.end()
}

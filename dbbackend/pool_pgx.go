package dbbackend

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
)

func timestamp(t time.Time) pgtype.Timestamp {
	return pgtype.Timestamp{Time: t.UTC(), Valid: true}
}

// pgxQuerier is what pools and transactions of pgx have in common.
type pgxQuerier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

type pgxSession struct{ q pgxQuerier }

func (p pgxSession) query(ctx context.Context, s *statement) (rows, error) {
	return p.q.Query(ctx, s.String(), s.args...)
}

func (p pgxSession) exec(ctx context.Context, s *statement) (int64, error) {
	tag, err := p.q.Exec(ctx, s.String(), s.args...)
	return tag.RowsAffected(), err
}

func (p pgxSession) insert(ctx context.Context, s *statement) (int64, error) {
	r, err := p.q.Query(ctx, s.String(), s.args...)
	if err != nil {
		return 0, err
	}
	return pgx.CollectExactlyOneRow(r, pgx.RowTo[int64])
}

type pgxPool struct {
	pgxSession
	pool      *pgxpool.Pool
	beginning pgx.TxOptions
}

// newPgxPool opens nothing yet. Pools of poolers such as PgBouncer hand a
// session from client to client, so prepare must be off with them. Transactions
// begin with the statements of beginning.
func newPgxPool(config *pgxpool.Config, prepare bool, beginning string) (*pgxPool, error) {
	if !prepare {
		config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeExec
		config.ConnConfig.StatementCacheCapacity = 0
		config.ConnConfig.DescriptionCacheCapacity = 0
	}
	p, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		return nil, err
	}
	return &pgxPool{pgxSession{p}, p, pgx.TxOptions{BeginQuery: beginning}}, nil
}

func (p *pgxPool) begin(ctx context.Context) (transaction, error) {
	tx, err := p.pool.BeginTx(ctx, p.beginning)
	if err != nil {
		return nil, err
	}
	return pgxTx{pgxSession{tx}, tx}, nil
}

func (p *pgxPool) snapshot(ctx context.Context) (transaction, error) {
	tx, err := p.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return nil, err
	}
	return pgxTx{pgxSession{tx}, tx}, nil
}

// After a restart of the server all connections are broken, and pgx finds out
// about one at a time.
func (p *pgxPool) reset() { p.pool.Reset() }

func (p *pgxPool) close() { p.pool.Close() }

type pgxTx struct {
	pgxSession
	tx pgx.Tx
}

func (t pgxTx) commit(ctx context.Context) error {
	ctx, cancel := commitContext(ctx)
	defer cancel()
	return t.tx.Commit(ctx)
}

func (t pgxTx) rollback() {
	ctx, cancel := context.WithTimeout(context.Background(), rollbackTimeout)
	defer cancel()
	_ = t.tx.Rollback(ctx) // after a commit, or on a broken connection, it has nothing to do
}

// takeBytes is told of a new connection. A database in SQL_ASCII has texts in any
// encoding; the server would fail at those that are no UTF-8 instead of handing
// them out.
func takeBytes(ctx context.Context, c *pgx.Conn) error {
	if c.PgConn().ParameterStatus("server_encoding") != "SQL_ASCII" {
		return nil
	}
	_, err := c.Exec(ctx, "SET client_encoding TO 'SQL_ASCII'")
	return err
}

package pool

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/glancegate/glancegate/dbbackend/internal/sqltext"
)

// pgxQuerier is what pools and transactions of pgx have in common.
type pgxQuerier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

type pgxSession struct{ q pgxQuerier }

func (p pgxSession) Query(ctx context.Context, s *sqltext.Statement) (Rows, error) {
	return p.q.Query(ctx, s.String(), s.Args...)
}

func (p pgxSession) Exec(ctx context.Context, s *sqltext.Statement) (int64, error) {
	tag, err := p.q.Exec(ctx, s.String(), s.Args...)
	return tag.RowsAffected(), err
}

func (p pgxSession) Insert(ctx context.Context, s *sqltext.Statement) (int64, error) {
	r, err := p.q.Query(ctx, s.String(), s.Args...)
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

// newPgxPool prepares a pool without opening connections. prepare must be off with
// poolers such as PgBouncer, which share a session between clients. Transactions
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

func (p *pgxPool) Begin(ctx context.Context) (Transaction, error) {
	tx, err := p.pool.BeginTx(ctx, p.beginning)
	if err != nil {
		return nil, err
	}
	return pgxTx{pgxSession{tx}, tx}, nil
}

func (p *pgxPool) Snapshot(ctx context.Context) (Transaction, error) {
	tx, err := p.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return nil, err
	}
	return pgxTx{pgxSession{tx}, tx}, nil
}

// Reset helps after a restart of the server: all connections are broken, and pgx
// notices one at a time.
func (p *pgxPool) Reset() { p.pool.Reset() }

func (p *pgxPool) Close() { p.pool.Close() }

type pgxTx struct {
	pgxSession
	tx pgx.Tx
}

func (t pgxTx) Commit(ctx context.Context) error {
	ctx, cancel := commitContext(ctx)
	defer cancel()
	return t.tx.Commit(ctx)
}

func (t pgxTx) Rollback() {
	ctx, cancel := context.WithTimeout(context.Background(), rollbackTimeout)
	defer cancel()
	_ = t.tx.Rollback(ctx) // fails after a commit and on a broken connection
}

// takeBytes is an AfterConnect hook. A database in SQL_ASCII has texts in any
// encoding; without it the server would refuse to send those that are not UTF-8.
func takeBytes(ctx context.Context, c *pgx.Conn) error {
	if c.PgConn().ParameterStatus("server_encoding") != "SQL_ASCII" {
		return nil
	}
	_, err := c.Exec(ctx, "SET client_encoding TO 'SQL_ASCII'")
	return err
}

package benchmark

import (
	"context"
	"database/sql"
	"net/url"
	"runtime"
	"sync"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/internal/dburl"
)

// maxConnections is the gateway's default.
const maxConnections = 20

// replay runs a script, scans the rows that it gives and throws them away.
type replay func(ctx context.Context, s script) error

// newReplay connects to the database as the gateway does: through the same driver
// with the same settings.
func newReplay(b *testing.B, db *servers.Database) replay {
	b.Helper()
	u, err := dburl.Parse(db.URL)
	if err != nil {
		b.Fatal(err)
	}
	switch db.Dialect {
	case servers.PostgreSQL:
		return replayPostgreSQL(b, u)
	case servers.MySQL:
		config, _, err := u.MySQLConfig()
		if err != nil {
			b.Fatal(err)
		}
		connector, err := mysql.NewConnector(config)
		if err != nil {
			b.Fatal(err)
		}
		pool := sql.OpenDB(connector)
		pool.SetMaxOpenConns(maxConnections)
		pool.SetMaxIdleConns(maxConnections)
		b.Cleanup(func() { _ = pool.Close() })
		return replaySQL(pool, pool)
	}
	return replaySQLite(b, u)
}

func replaySQLite(b *testing.B, u *dburl.URL) replay {
	b.Helper()
	path, err := u.SQLitePath()
	if err != nil {
		b.Fatal(err)
	}
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?mode=rw&_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)&_pragma=synchronous(1)"
	open := func(dsn string, connections int) *sql.DB {
		pool, err := sql.Open("sqlite", dsn)
		if err != nil {
			b.Fatal(err)
		}
		pool.SetMaxOpenConns(connections)
		pool.SetMaxIdleConns(connections)
		b.Cleanup(func() { _ = pool.Close() })
		return pool
	}
	return replaySQL(open(dsn, runtime.GOMAXPROCS(0)*2), open(dsn+"&_txlock=immediate", 1))
}

// sqlQuerier is what pools and transactions of database/sql have in common.
type sqlQuerier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

func replaySQL(readers, writers *sql.DB) replay {
	var prepared sync.Map // by text
	prepare := func(ctx context.Context, text string) (*sql.Stmt, error) {
		if kept, ok := prepared.Load(text); ok {
			return kept.(*sql.Stmt), nil
		}
		made, err := readers.PrepareContext(context.WithoutCancel(ctx), text)
		if err == nil {
			prepared.Store(text, made)
		}
		return made, err
	}
	return func(ctx context.Context, s script) error {
		on := sqlQuerier(readers)
		var tx *sql.Tx
		for _, st := range s {
			var err error
			switch {
			case st.begins():
				tx, err = writers.BeginTx(ctx, nil)
				on = tx
			case st.commits():
				err = tx.Commit()
				on, tx = readers, nil
			case st.prepared && tx == nil:
				var kept *sql.Stmt
				if kept, err = prepare(ctx, st.text); err == nil {
					err = discardSQL(kept.QueryContext(ctx, st.args...))
				}
			case st.reads():
				err = discardSQL(on.QueryContext(ctx, st.text, st.args...))
			default:
				_, err = on.ExecContext(ctx, st.text, st.args...)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
}

func discardSQL(rows *sql.Rows, err error) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	into := destinations(len(columns))
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
	}
	return rows.Err()
}

// destinations take values of any type.
func destinations(n int) []any {
	values := make([]any, n)
	into := make([]any, n)
	for i := range values {
		into[i] = &values[i]
	}
	return into
}

// pgxQuerier is what pools and transactions of pgx have in common.
type pgxQuerier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

func replayPostgreSQL(b *testing.B, u *dburl.URL) replay {
	b.Helper()
	config, _, err := u.PostgreSQLConfig()
	if err != nil {
		b.Fatal(err)
	}
	config.MaxConns = maxConnections
	pool, err := pgxpool.NewWithConfig(b.Context(), config)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(pool.Close)
	return func(ctx context.Context, s script) error {
		on := pgxQuerier(pool)
		var tx pgx.Tx
		for _, st := range s {
			var err error
			switch {
			case st.begins():
				tx, err = pool.Begin(ctx)
				on = tx
			case st.commits():
				err = tx.Commit(ctx)
				on = pool
			case st.reads():
				err = discardPgx(on.Query(ctx, st.text, st.args...))
			default:
				_, err = on.Exec(ctx, st.text, st.args...)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
}

func discardPgx(rows pgx.Rows, err error) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	into := destinations(len(rows.FieldDescriptions()))
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
	}
	return rows.Err()
}

package census

import (
	"context"
	"crypto/rand"
	"database/sql"
	_ "embed"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the driver
)

//go:embed schema.sql
var schema string

// file is the SQLite file of a census. More than one process may use it.
type file struct {
	db   *sql.DB
	node string // id of this file
}

// openFile opens a file, or makes it with mode 0600.
func openFile(ctx context.Context, path string) (*file, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	made, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := made.Close(); err != nil {
		return nil, err
	}
	dsn := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: url.Values{"_pragma": {
		"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(NORMAL)", "auto_vacuum(INCREMENTAL)",
	}, "_txlock": {"immediate"}}.Encode()}
	db, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	f := &file{db: db}
	if err := f.prepare(ctx); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("census file %s: %w", path, err)
	}
	return f, nil
}

// prepare makes the tables where they are missing, and reads the id of the file.
func (f *file) prepare(ctx context.Context) error {
	if _, err := f.db.ExecContext(ctx, schema); err != nil {
		return err
	}
	if _, err := f.db.ExecContext(ctx, "INSERT OR IGNORE INTO node (one, id) VALUES (1, ?)", rand.Text()); err != nil {
		return err
	}
	return f.db.QueryRowContext(ctx, "SELECT id FROM node").Scan(&f.node)
}

// The bounds of the file. With them it stays below about 50 MB.
const (
	maxCallers  = 5000 // rows of callers
	maxHourRows = 2000 // rows of calls in an hour, and in a day that is folded
	hourly      = 14 * 24 * time.Hour
)

// write adds calls.
func (f *file) write(ctx context.Context, calls map[key]*counts) error {
	return f.inTx(ctx, func(tx *sql.Tx) error {
		w := writer{ctx: ctx, tx: tx, callers: make(map[Caller]int64), rows: make(map[int64]int)}
		for k, n := range calls {
			if err := w.add(k, n); err != nil {
				return err
			}
		}
		return evict(ctx, tx)
	})
}

func (f *file) inTx(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := f.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// writer adds the calls of one transaction.
type writer struct {
	ctx     context.Context
	tx      *sql.Tx
	callers map[Caller]int64 // ids
	rows    map[int64]int    // of calls, by hour
}

func (w *writer) add(k key, n *counts) error {
	caller, err := w.caller(k.caller, n)
	if err != nil {
		return err
	}
	rows, known := w.rows[k.hour]
	if !known {
		if err := w.tx.QueryRowContext(w.ctx, "SELECT count(*) FROM calls WHERE hour = ?", k.hour).Scan(&rows); err != nil {
			return err
		}
	}
	var counted bool
	err = w.tx.QueryRowContext(w.ctx, "SELECT EXISTS (SELECT 1 FROM calls WHERE hour = ? AND caller = ? AND route = ?)", k.hour, caller, k.route).Scan(&counted)
	if err != nil {
		return err
	}
	switch {
	case !counted && rows >= maxHourRows:
		if caller, err = w.caller(others, n); err != nil {
			return err
		}
	case !counted:
		rows++
	}
	w.rows[k.hour] = rows
	_, err = w.tx.ExecContext(w.ctx, `INSERT INTO calls (hour, caller, route, write, n) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (hour, caller, route) DO UPDATE SET n = n + excluded.n`, k.hour, caller, k.route, k.write, n.n)
	return err
}

// caller returns the id of a caller, whose last call it moves.
func (w *writer) caller(c Caller, n *counts) (id int64, err error) {
	err = w.tx.QueryRowContext(w.ctx, `INSERT INTO callers (peer, project, agent, kind, first_seen, last_seen) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (peer, project, agent, kind) DO UPDATE
		SET last_seen = max(last_seen, excluded.last_seen), first_seen = min(first_seen, excluded.first_seen)
		RETURNING id`, c.Peer, c.Project, c.Agent, c.Kind, n.first.Unix(), n.last.Unix()).Scan(&id)
	return id, err
}

package dbbackend

import (
	"context"
	"errors"
	"time"

	"github.com/glancegate/glancegate/dbbackend/internal/fault"
	"github.com/glancegate/glancegate/dbbackend/internal/pool"
	"github.com/glancegate/glancegate/dbbackend/internal/sqltext"
	"github.com/glancegate/glancegate/internal/backoff"
	"github.com/glancegate/glancegate/registry/records"
)

// Deadlocks are retried as often as the original did (registry-v1.md, 7.7), but with
// shorter pauses at first, and with jitter. Waits for the lock of another transaction
// end after lockRetryTime.
const (
	maxAttempts = 50
	firstPause  = 10 * time.Millisecond
	maxPause    = 500 * time.Millisecond

	// maxServers is how many connections are tried while servers answer that they
	// can't do it now, but another one may.
	maxServers = 3

	// lockRetryTime has room for two attempts that wait for lockTimeout each.
	lockRetryTime = 2 * pool.LockTimeout

	// sqliteLockRetryTime is that of SQLite.
	sqliteLockRetryTime = 5 * time.Second
)

// lockRetryTime is how long a request is tried again that fails at locks.
func (b *Backend) lockRetryTime() time.Duration {
	if b.d == &sqltext.SQLite {
		return sqliteLockRetryTime
	}
	return lockRetryTime
}

// InTx implements records.Store.
func (b *Backend) InTx(ctx context.Context, f func(records.Tx) error) error {
	start, pause, rereads := time.Now(), newPause(), 0
	for attempt := 1; ; attempt++ {
		s, committing, err := b.attempt(ctx, f)
		switch kind := b.faultOf(err); kind {
		case fault.Stale, fault.Triggered, fault.Outdated:
			if rereads < maxRereads {
				rereads++
				b.reread(s, kind, rereads)
				continue
			}
		case fault.Contention:
			if attempt < maxAttempts && pause.Wait(ctx) {
				continue
			}
		case fault.Locked, fault.HalfDone:
			if time.Since(start) < b.lockRetryTime() && pause.Wait(ctx) {
				continue
			}
		case fault.Elsewhere:
			// After a commit that failed so, the outcome is unknown.
			if !committing && attempt < maxServers && pause.Wait(ctx) {
				b.pool.Reset()
				continue
			}
		}
		return b.translate(ctx, err)
	}
}

// attempt runs f once. It returns the schema that it used, and whether it reached the
// commit.
func (b *Backend) attempt(ctx context.Context, f func(records.Tx) error) (s *sqltext.Schema, committing bool, err error) {
	if s, err = b.schema(ctx); err != nil {
		return nil, false, err
	}
	if err := s.CheckWritable(b.allowUnknownSchema); err != nil {
		return s, false, err
	}
	t, err := b.pool.Begin(ctx)
	if b.faultOf(err) == fault.Lost && ctx.Err() == nil {
		b.pool.Reset()
		t, err = b.pool.Begin(ctx)
	}
	if err != nil {
		return s, false, err
	}
	defer t.Rollback()
	if err := f(&tx{b: b, s: s, t: t}); err != nil {
		return s, false, err
	}
	return s, true, t.Commit(ctx)
}

// newPause makes the pauses between the attempts of a request.
func newPause() backoff.Backoff { return backoff.Backoff{First: firstPause, Max: maxPause} }

// faultOf classifies an error, which may also be one of the registry.
func (b *Backend) faultOf(err error) fault.Kind {
	var known *records.Error
	if err == nil || errors.As(err, &known) || fault.EndedByContext(err) {
		return fault.Other
	}
	return b.d.Classify(err)
}

// tx implements records.Tx.
type tx struct {
	b *Backend
	s *sqltext.Schema
	t pool.Transaction
}

// LockImage locks before it reads, so that it reads what the last writer wrote.
func (t *tx) LockImage(ctx context.Context, id string) (*records.Image, error) {
	if t.b.d.Lock != "" {
		if _, err := t.Lock(ctx, records.Images, records.Values{{Column: "id", Value: id}}); err != nil {
			return nil, err
		}
	}
	return t.b.readRecord(ctx, t.t, t.s, id)
}

// Lock implements records.Tx. On SQLite the transaction has locked the file already.
func (t *tx) Lock(ctx context.Context, table records.Table, where records.Values) (int64, error) {
	name := "lock_" + string(table)
	if table == records.Images {
		name = "image_lock"
	}
	st := t.b.d.NewStatement(name).SQL("SELECT 1 FROM ", string(table))
	if err := st.Where(table, where); err != nil {
		return 0, err
	}
	r, err := t.b.run(ctx, t.t, st.SQL(t.b.d.Lock))
	if err != nil {
		return 0, t.b.writeError(err)
	}
	defer r.Close()
	var found int64
	for r.Next() {
		found++
	}
	return found, t.b.writeError(r.Err())
}

// Insert implements records.Tx. It leaves out columns that the database lacks.
func (t *tx) Insert(ctx context.Context, table records.Table, row records.Values) (int64, error) {
	st := t.b.d.NewStatement("insert_"+string(table)).SQL("INSERT INTO ", string(table), " (")
	written := t.s.Written(table, row, sqltext.InsertTrigger)
	for n, a := range written {
		if n > 0 {
			st.SQL(", ")
		}
		st.SQL(a.Column)
	}
	st.SQL(") VALUES (")
	for n, a := range written {
		if n > 0 {
			st.SQL(", ")
		}
		if err := st.ArgFor(a.Kind, a.Value); err != nil {
			return 0, err
		}
	}
	st.SQL(")")
	if id, ok := records.ColumnOf(table, "id"); !ok || id.Kind == records.Text {
		_, err := t.exec(ctx, st)
		return 0, err
	}
	if t.b.d.Returning != "" {
		st.SQL(t.b.d.Returning, "id")
	}
	id, err := t.b.observe(st, func() (int64, error) { return t.t.Insert(ctx, st) })
	return id, t.b.writeError(err)
}

// Update implements records.Tx.
func (t *tx) Update(ctx context.Context, table records.Table, where, set records.Values) (int64, error) {
	st := t.b.d.NewStatement("update_"+string(table)).SQL("UPDATE ", string(table), " SET ")
	for n, a := range t.s.Written(table, set, sqltext.UpdateTrigger) {
		if n > 0 {
			st.SQL(", ")
		}
		st.SQL(a.Column, " = ")
		if err := st.ArgFor(a.Kind, a.Value); err != nil {
			return 0, err
		}
	}
	return t.execWhere(ctx, st, table, where)
}

// Delete implements records.Tx.
func (t *tx) Delete(ctx context.Context, table records.Table, where records.Values) (int64, error) {
	st := t.b.d.NewStatement("delete_"+string(table)).SQL("DELETE FROM ", string(table))
	return t.execWhere(ctx, st, table, where)
}

// execWhere adds the WHERE clause and runs the statement.
func (t *tx) execWhere(ctx context.Context, st *sqltext.Statement, table records.Table, where records.Values) (int64, error) {
	if err := st.Where(table, where); err != nil {
		return 0, err
	}
	return t.exec(ctx, st)
}

func (t *tx) exec(ctx context.Context, st *sqltext.Statement) (int64, error) {
	matched, err := t.b.observe(st, func() (int64, error) { return t.t.Exec(ctx, st) })
	return matched, t.b.writeError(err)
}

// writeError translates errors that the registry handles. InTx handles the others, and
// may run the transaction again.
func (b *Backend) writeError(err error) error {
	switch b.faultOf(err) {
	case fault.Duplicate, fault.Refused:
		return b.registryError(err)
	}
	return err
}

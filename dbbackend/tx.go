package dbbackend

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/glancegate/glancegate/registry/records"
)

// Deadlocks are retried as often as the original did (registry-v1.md, 7.7),
// with pauses that start shorter and are never the same for two clients. A lock
// that another transaction simply holds is waited for until lockPatience.
const (
	maxAttempts = 50
	firstPause  = 5 * time.Millisecond
	maxPause    = 500 * time.Millisecond

	// maxServers is how many connections are tried where servers say that they can't
	// do it now, but another one may.
	maxServers = 3
)

// InTx implements records.Store.
func (b *Backend) InTx(ctx context.Context, f func(records.Tx) error) error {
	start, rereads := time.Now(), 0
	for attempt := 1; ; attempt++ {
		s, committing, err := b.attempt(ctx, f)
		switch fault := b.faultOf(err); fault {
		case stale, triggered, outdated:
			if rereads < maxRereads {
				rereads++
				b.reread(s, fault, rereads)
				continue
			}
		case contention:
			if attempt < maxAttempts && b.pause(ctx, attempt) {
				continue
			}
		case locked:
			if time.Since(start) < b.d.lockPatience && b.pause(ctx, attempt) {
				continue
			}
		case elsewhere:
			// What a commit has done that failed so, only the server knows.
			if !committing && attempt < maxServers && b.pause(ctx, attempt) {
				b.pool.reset()
				continue
			}
		}
		return b.translate(ctx, err)
	}
}

// attempt runs f once. It tells the schema that it took for right, and whether it
// got as far as the commit.
func (b *Backend) attempt(ctx context.Context, f func(records.Tx) error) (s *schema, committing bool, err error) {
	if s, err = b.schema(ctx); err != nil {
		return nil, false, err
	}
	if err := s.checkWritable(b.allowUnknownSchema); err != nil {
		return s, false, err
	}
	t, err := b.pool.begin(ctx)
	if b.faultOf(err) == lost && ctx.Err() == nil {
		b.pool.reset()
		t, err = b.pool.begin(ctx)
	}
	if err != nil {
		return s, false, err
	}
	defer t.rollback()
	if err := f(&tx{b: b, s: s, t: t}); err != nil {
		return s, false, err
	}
	return s, true, t.commit(ctx)
}

// pause waits before the next attempt; it is false when the request ends first.
func (b *Backend) pause(ctx context.Context, attempt int) bool {
	limit := min(firstPause<<min(attempt, 10), maxPause)
	timer := time.NewTimer(limit/2 + rand.N(limit/2))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// faultOf is classify for errors that may be of the rules, too.
func (b *Backend) faultOf(err error) fault {
	var known *records.Error
	if err == nil || errors.As(err, &known) || endedByContext(err) {
		return other
	}
	return b.d.classify(err)
}

// tx implements records.Tx.
type tx struct {
	b *Backend
	s *schema
	t transaction
}

// LockImage locks first and reads then, so that what it reads is what the last
// writer left.
func (t *tx) LockImage(ctx context.Context, id string) (*records.Image, error) {
	if t.b.d.lock != "" {
		if _, err := t.Lock(ctx, records.Images, records.Values{{Column: "id", Value: id}}); err != nil {
			return nil, err
		}
	}
	return t.b.readRecord(ctx, t.t, t.s, id)
}

// Lock implements records.Tx. A transaction on SQLite has the lock of the whole
// file.
func (t *tx) Lock(ctx context.Context, table records.Table, where records.Values) (int64, error) {
	name := "lock_" + string(table)
	if table == records.Images {
		name = "image_lock"
	}
	st := t.b.d.statement(name).sql("SELECT 1 FROM ", string(table))
	if err := st.where(table, where); err != nil {
		return 0, err
	}
	r, err := t.b.run(ctx, t.t, st.sql(t.b.d.lock))
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

// Insert implements records.Tx. Columns that this release of the schema lacks
// are left out.
func (t *tx) Insert(ctx context.Context, table records.Table, row records.Values) (int64, error) {
	st := t.b.d.statement("insert_"+string(table)).sql("INSERT INTO ", string(table), " (")
	written := t.s.written(table, row, insertTrigger)
	for n, a := range written {
		if n > 0 {
			st.sql(", ")
		}
		st.sql(a.column)
	}
	st.sql(") VALUES (")
	for n, a := range written {
		if n > 0 {
			st.sql(", ")
		}
		if err := st.argFor(a.kind, a.value); err != nil {
			return 0, err
		}
	}
	st.sql(")")
	if id, ok := records.ColumnOf(table, "id"); !ok || id.Kind == records.Text {
		_, err := t.exec(ctx, st)
		return 0, err
	}
	if t.b.d.returning != "" {
		st.sql(t.b.d.returning, "id")
	}
	id, err := t.b.observe(st, func() (int64, error) { return t.t.insert(ctx, st) })
	return id, t.b.writeError(err)
}

// Update implements records.Tx.
func (t *tx) Update(ctx context.Context, table records.Table, where, set records.Values) (int64, error) {
	st := t.b.d.statement("update_"+string(table)).sql("UPDATE ", string(table), " SET ")
	for n, a := range t.s.written(table, set, updateTrigger) {
		if n > 0 {
			st.sql(", ")
		}
		st.sql(a.column, " = ")
		if err := st.argFor(a.kind, a.value); err != nil {
			return 0, err
		}
	}
	return t.execWhere(ctx, st, table, where)
}

// Delete implements records.Tx.
func (t *tx) Delete(ctx context.Context, table records.Table, where records.Values) (int64, error) {
	st := t.b.d.statement("delete_"+string(table)).sql("DELETE FROM ", string(table))
	return t.execWhere(ctx, st, table, where)
}

// execWhere completes a statement by the rows that it is about.
func (t *tx) execWhere(ctx context.Context, st *statement, table records.Table, where records.Values) (int64, error) {
	if err := st.where(table, where); err != nil {
		return 0, err
	}
	return t.exec(ctx, st)
}

// where adds the condition that columns of a table have these values.
func (s *statement) where(table records.Table, values records.Values) error {
	for n, a := range values {
		if n == 0 {
			s.sql(" WHERE ")
		} else {
			s.sql(" AND ")
		}
		s.sql(a.Column, " = ")
		if err := s.argFor(kindOf(table, a.Column), a.Value); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) exec(ctx context.Context, st *statement) (int64, error) {
	matched, err := t.b.observe(st, func() (int64, error) { return t.t.exec(ctx, st) })
	return matched, t.b.writeError(err)
}

// writeError translates what the rules can do something about; the rest is for
// InTx, which may run the transaction again.
func (b *Backend) writeError(err error) error {
	switch b.faultOf(err) {
	case duplicate, refused:
		return b.d.translate(err)
	}
	return err
}

// kindOf is the kind of a column that is written.
func kindOf(table records.Table, column string) records.Kind {
	c, _ := records.ColumnOf(table, column)
	return c.Kind
}

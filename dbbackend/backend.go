// Package dbbackend is the registry's Store on PostgreSQL, MySQL or MariaDB,
// and SQLite. It finds out by itself which columns the database has, and
// changes no schema but that of a SQLite file that it made.
package dbbackend

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/glancegate/glancegate/registry"
)

// Backend implements registry.Store. It opens connections when it needs them.
type Backend struct {
	d        *dialect
	pool     pool
	children [tagRow + 1]string // SELECT of each kind of children
	known    atomic.Pointer[schema]
	observer Observer

	allowUnknownSchema bool

	// prepare runs before the schema is read; nil: nothing to do.
	prepare func(context.Context) error
}

// Observer is told of every statement: its name, how long it took and how it
// ended.
type Observer func(name string, took time.Duration, err error)

func newBackend(d *dialect, p pool, observer Observer) *Backend {
	b := &Backend{d: d, pool: p, observer: observer}
	for kind := propertyRow; kind <= tagRow; kind++ {
		b.children[kind] = d.childSelect(kind)
	}
	return b
}

// Close ends all connections. Statements that run are waited for.
func (b *Backend) Close() { b.pool.close() }

// Dialect is postgresql, mysql or sqlite.
func (b *Backend) Dialect() string { return b.d.name }

// Check reads the schema anew: it is nil when the database can be reached and
// is one of Glance's.
func (b *Backend) Check(ctx context.Context) error {
	s, err := b.readSchema(ctx)
	if err != nil {
		return b.d.translate(err)
	}
	b.known.Store(s)
	return nil
}

func (b *Backend) forgetSchema() { b.known.Store(nil) }

// maxRereads is how often a request is tried again because what we knew of the
// schema is stale. PostgreSQL says so of every prepared statement by itself, and
// a page has two.
const maxRereads = 2

// read runs f with the schema, and again if that turns out to be stale or the
// connection was lost: nothing has been changed.
func (b *Backend) read(ctx context.Context, f func(*schema) error) error {
	for attempt := 1; ; attempt++ {
		err := b.readOnce(ctx, f)
		switch fault := b.faultOf(err); {
		case fault == stale && attempt <= maxRereads:
			b.forgetSchema()
			continue
		case fault == lost && attempt == 1 && ctx.Err() == nil:
			b.pool.reset()
			continue
		case (fault == contention || fault == unavailable) && attempt == 1 && ctx.Err() == nil:
			continue
		}
		return b.d.translate(err)
	}
}

func (b *Backend) readOnce(ctx context.Context, f func(*schema) error) error {
	s, err := b.schema(ctx)
	if err != nil {
		return err
	}
	return f(s)
}

// run is query with the observer.
func (b *Backend) run(ctx context.Context, on session, st *statement) (rows, error) {
	start := time.Now()
	r, err := on.query(ctx, st)
	if b.observer != nil {
		b.observer(st.name, time.Since(start), err)
	}
	return r, err
}

func (b *Backend) observe(st *statement, f func() (int64, error)) (int64, error) {
	start := time.Now()
	n, err := f()
	if b.observer != nil {
		b.observer(st.name, time.Since(start), err)
	}
	return n, err
}

var _ registry.Store = (*Backend)(nil)

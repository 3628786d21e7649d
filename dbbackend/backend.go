// Package dbbackend is the registry's Store on PostgreSQL, MySQL or MariaDB,
// and SQLite. It finds out by itself which columns the database has, and
// changes no schema but that of a SQLite file that it made.
package dbbackend

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/glancegate/glancegate/dbbackend/internal/dbserver"
	"github.com/glancegate/glancegate/dbbackend/release"
	"github.com/glancegate/glancegate/registry/records"
)

// Backend implements records.Store. It opens connections when it needs them.
type Backend struct {
	d        *dialect
	pool     pool
	children [tagRow + 1]string // SELECT of each kind of children
	known    atomic.Pointer[schema]
	watch    watch
	observer Observer
	odd      oddRows
	servers  *dbserver.Connections

	allowUnknownSchema bool

	// hiddenTriggers is set when triggers have refused what only they refuse: from
	// then on they are taken for there.
	hiddenTriggers atomic.Bool

	// prepare runs before the schema is read; nil: nothing to do.
	prepare func(context.Context) error
}

// Observer is told of every statement: its name, how long it took and how it
// ended.
type Observer func(name string, took time.Duration, err error)

func newBackend(d *dialect, p pool, observer Observer) *Backend {
	b := &Backend{d: d, pool: p, observer: observer}
	b.watch.init()
	for kind := propertyRow; kind <= tagRow; kind++ {
		b.children[kind] = d.childSelect(kind)
	}
	return b
}

// Close ends all connections. Statements that run are waited for.
func (b *Backend) Close() {
	b.watch.stop()
	b.pool.close()
}

// Dialect is postgresql, mysql or sqlite.
func (b *Backend) Dialect() string { return b.d.name }

// Check reads the schema anew: it is nil when the database can be reached and
// is one of Glance's.
func (b *Backend) Check(ctx context.Context) error {
	_, err := b.State(ctx)
	return err
}

// State is Check with what was found; where the database can't be reached it is
// the zero State.
func (b *Backend) State(ctx context.Context) (release.State, error) {
	s, err := b.refresh(ctx, nil)
	if err != nil {
		return release.State{}, b.d.translate(err)
	}
	return s.state, s.checkReadable()
}

// Writable is nil where writes are taken in a state that State has found.
func (b *Backend) Writable() error {
	if s := b.known.Load(); s != nil {
		return s.checkWritable(b.allowUnknownSchema)
	}
	return nil
}

// maxRereads is how often a request is tried again because what we knew of the
// schema is stale. An upgrade has several steps, and PostgreSQL says so of every
// prepared statement by itself, of which a page has two.
const maxRereads = 4

// maxReadAttempts is how often a reading is tried that met a deadlock: one with
// the statements of an upgrade, which lock whole tables.
const maxReadAttempts = 4

// reread forgets a schema that a statement has shown to be stale. The next
// connection may have prepared statements as old as those of this one: where it
// is so, all get new ones.
func (b *Backend) reread(s *schema, f fault, attempt int) {
	b.known.CompareAndSwap(s, nil)
	if f == triggered && attempt > 1 { // and reading them anew did not help
		b.hiddenTriggers.Store(true)
	}
	if f == outdated && attempt > 1 {
		b.pool.reset()
	}
}

// read runs f with the schema, and again if that turns out to be stale or the
// connection was lost: nothing has been changed.
func (b *Backend) read(ctx context.Context, f func(*schema) error) error {
	for start, attempt := time.Now(), 1; ; attempt++ {
		s, err := b.readOnce(ctx, f)
		switch fault := b.faultOf(err); {
		case (fault == stale || fault == outdated) && attempt <= maxRereads:
			b.reread(s, fault, attempt)
			continue
		case fault == lost && attempt == 1 && ctx.Err() == nil:
			b.pool.reset()
			continue
		case fault == elsewhere && attempt < maxServers && b.pause(ctx, attempt):
			b.pool.reset()
			continue
		case fault == unavailable && attempt == 1 && ctx.Err() == nil:
			continue
		case fault == contention && attempt < maxReadAttempts && b.pause(ctx, attempt):
			continue
		case fault == locked && time.Since(start) < b.d.lockPatience && b.pause(ctx, attempt):
			continue
		}
		return b.translate(ctx, err)
	}
}

func (b *Backend) readOnce(ctx context.Context, f func(*schema) error) (*schema, error) {
	s, err := b.schema(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.checkReadable(); err != nil {
		return s, err
	}
	return s, f(s)
}

// run is query with the observer.
func (b *Backend) run(ctx context.Context, on session, st *statement) (rows, error) {
	start := time.Now()
	r, err := on.query(ctx, st)
	if b.observer != nil {
		b.observer(st.name, time.Since(start), err)
	}
	if err != nil {
		return nil, err
	}
	return count(ctx, r, st), nil
}

func (b *Backend) observe(st *statement, f func() (int64, error)) (int64, error) {
	start := time.Now()
	n, err := f()
	if b.observer != nil {
		b.observer(st.name, time.Since(start), err)
	}
	return n, err
}

var _ records.Store = (*Backend)(nil)

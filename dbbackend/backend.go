// Package dbbackend implements the registry's Store on PostgreSQL, MySQL or MariaDB,
// and SQLite. It adapts to the columns that the database has. It never changes the
// schema of a database.
package dbbackend

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/glancegate/glancegate/dbbackend/internal/dbserver"
	"github.com/glancegate/glancegate/dbbackend/internal/fault"
	"github.com/glancegate/glancegate/dbbackend/internal/pool"
	"github.com/glancegate/glancegate/dbbackend/internal/sqltext"
	"github.com/glancegate/glancegate/dbbackend/release"
	"github.com/glancegate/glancegate/registry/records"
)

// Backend implements records.Store. It opens connections on demand.
type Backend struct {
	d        *sqltext.Dialect
	pool     pool.Pool
	children [sqltext.TagRow + 1]string // SELECT of each kind of children
	known    atomic.Pointer[sqltext.Schema]
	watch    watch
	observer Observer
	odd      oddRows
	sources  pageSources
	servers  *dbserver.Connections

	allowUnknownSchema bool

	// hiddenTriggers is set after an error that only the triggers of an upgrade cause:
	// they exist, although the user may not see them.
	hiddenTriggers atomic.Bool

	// prepare runs before the schema is read; may be nil.
	prepare func(context.Context) error
}

// Observer is called after every statement, with its name, duration and error.
type Observer func(name string, took time.Duration, err error)

func newBackend(d *sqltext.Dialect, p pool.Pool, observer Observer) *Backend {
	b := &Backend{d: d, pool: p, observer: observer, sources: newPageSources()}
	b.watch.init()
	for kind := sqltext.PropertyRow; kind <= sqltext.TagRow; kind++ {
		b.children[kind] = d.ChildSelect(kind)
	}
	return b
}

// Close waits for running statements and closes all connections.
func (b *Backend) Close() {
	b.watch.stop()
	b.pool.Close()
}

// Dialect is postgresql, mysql or sqlite.
func (b *Backend) Dialect() string { return b.d.Name }

// Check reads the schema again. It returns an error if the database can't be reached
// or is not one of Glance's.
func (b *Backend) Check(ctx context.Context) error {
	_, err := b.State(ctx)
	return err
}

// State is Check, and returns what was found: the zero State if the database can't be
// reached.
func (b *Backend) State(ctx context.Context) (release.State, error) {
	s, err := b.refresh(ctx, nil)
	if err != nil {
		return release.State{}, b.registryError(err)
	}
	return s.State, s.CheckReadable()
}

// Writable returns why writes are refused in the state that State has found, or nil.
func (b *Backend) Writable() error {
	if s := b.known.Load(); s != nil {
		return s.CheckWritable(b.allowUnknownSchema)
	}
	return nil
}

// maxRereads is how often a request is tried again after the schema has changed. An
// upgrade has several steps, and PostgreSQL reports the change for each prepared
// statement, of which a page has two.
const maxRereads = 4

// maxReadAttempts is how often a read is tried that meets a deadlock, which happens
// with the statements of an upgrade, since they lock whole tables.
const maxReadAttempts = 4

// reread forgets a schema that has turned out to be stale. If prepared statements of
// another connection are outdated, too, all connections are replaced.
func (b *Backend) reread(s *sqltext.Schema, kind fault.Kind, attempt int) {
	b.known.CompareAndSwap(s, nil)
	if kind == fault.Triggered && attempt > 1 { // reading the triggers again did not help
		b.hiddenTriggers.Store(true)
	}
	if kind == fault.Outdated && attempt > 1 {
		b.pool.Reset()
	}
}

// read runs f with the schema. It runs f again, since nothing was changed, if the
// schema is stale or the connection was lost.
func (b *Backend) read(ctx context.Context, f func(*sqltext.Schema) error) error {
	start, pause := time.Now(), newPause()
	for attempt := 1; ; attempt++ {
		s, err := b.readOnce(ctx, f)
		switch kind := b.faultOf(err); {
		case (kind == fault.Stale || kind == fault.Outdated) && attempt <= maxRereads:
			b.reread(s, kind, attempt)
			continue
		case kind == fault.Lost && attempt == 1 && ctx.Err() == nil:
			b.pool.Reset()
			continue
		case kind == fault.Elsewhere && attempt < maxServers && pause.Wait(ctx):
			b.pool.Reset()
			continue
		case kind == fault.Unavailable && attempt == 1 && ctx.Err() == nil:
			continue
		case kind == fault.Contention && attempt < maxReadAttempts && pause.Wait(ctx):
			continue
		case kind == fault.Locked && time.Since(start) < b.lockRetryTime() && pause.Wait(ctx):
			continue
		}
		return b.translate(ctx, err)
	}
}

func (b *Backend) readOnce(ctx context.Context, f func(*sqltext.Schema) error) (*sqltext.Schema, error) {
	s, err := b.schema(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.CheckReadable(); err != nil {
		return s, err
	}
	return s, f(s)
}

// run runs a query and calls the observer.
func (b *Backend) run(ctx context.Context, on pool.Session, st *sqltext.Statement) (pool.Rows, error) {
	start := time.Now()
	r, err := on.Query(ctx, st)
	if b.observer != nil {
		b.observer(st.Name, time.Since(start), err)
	}
	if err != nil {
		return nil, err
	}
	return count(ctx, r, st), nil
}

func (b *Backend) observe(st *sqltext.Statement, f func() (int64, error)) (int64, error) {
	start := time.Now()
	n, err := f()
	if b.observer != nil {
		b.observer(st.Name, time.Since(start), err)
	}
	return n, err
}

var _ records.Store = (*Backend)(nil)

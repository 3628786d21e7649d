package dbbackend

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/glancegate/glancegate/dbbackend/internal/fault"
	"github.com/glancegate/glancegate/dbbackend/internal/sqltext"
	"github.com/glancegate/glancegate/dbbackend/release"
)

// watch notices changes of the schema.
type watch struct {
	interval time.Duration
	onState  func(release.State)

	// reading is full while the schema is read. There is one reader at a time, so that
	// the last result is the newest.
	reading chan struct{}

	mu     sync.Mutex
	last   *sqltext.Schema // the one read last, also after it was forgotten
	hooks  map[int]func()
	hooked int

	once   sync.Once
	ctx    context.Context // ends with the Backend
	cancel context.CancelFunc
	done   sync.WaitGroup
}

func (w *watch) init() {
	w.reading = make(chan struct{}, 1)
	w.hooks = map[int]func(){}
	w.ctx, w.cancel = context.WithCancel(context.Background())
}

func (w *watch) stop() {
	w.once.Do(func() {}) // it does not start any more
	w.cancel()
	w.done.Wait()
}

// OnSchemaChange has f called after the schema was found to have changed: what was
// read from the database earlier may look different now. Requests that began before
// may still see the old schema. f must not wait for requests. stop ends the calls.
func (b *Backend) OnSchemaChange(f func()) (stop func()) {
	w := &b.watch
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hooked++
	id := w.hooked
	w.hooks[id] = f
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.hooks, id)
	}
}

// schema returns the known schema, or reads it.
func (b *Backend) schema(ctx context.Context) (*sqltext.Schema, error) {
	if s := b.known.Load(); s != nil {
		return s, nil
	}
	return b.refresh(ctx, b.known.Load)
}

// refresh reads the schema and calls the hooks if it has changed. It reads nothing if
// known, unless nil, returns a schema when it is refresh's turn.
func (b *Backend) refresh(ctx context.Context, known func() *sqltext.Schema) (*sqltext.Schema, error) {
	select {
	case b.watch.reading <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-b.watch.reading }()
	if known != nil {
		if s := known(); s != nil {
			return s, nil
		}
	}
	s, err := b.readSchema(ctx)
	if err != nil {
		return nil, err
	}
	b.adopt(s)
	return s, nil
}

func (b *Backend) adopt(s *sqltext.Schema) {
	w := &b.watch
	w.mu.Lock()
	first, changed := w.last == nil, w.last != nil && !w.last.Same(s)
	w.last = s
	var hooks []func()
	if changed {
		for _, f := range w.hooks {
			hooks = append(hooks, f)
		}
	}
	w.mu.Unlock()
	b.known.Store(s)
	for _, f := range hooks {
		f()
	}
	if w.onState != nil && (first || changed) {
		w.onState(s.State)
	}
	w.once.Do(func() {
		if w.interval > 0 {
			w.done.Add(1)
			go b.poll()
		}
	})
}

// poll reads the version of the schema at intervals. Errors are left to the requests.
func (b *Backend) poll() {
	w := &b.watch
	defer w.done.Done()
	ticker := time.NewTicker(w.interval)
	defer ticker.Stop()
	for {
		select {
		case <-w.ctx.Done():
			return
		case <-ticker.C:
		}
		ctx, cancel := context.WithTimeout(w.ctx, max(w.interval, time.Second))
		if !b.upToDate(ctx) {
			_, _ = b.refresh(ctx, nil)
		}
		cancel()
	}
}

// upToDate compares the revisions of alembic, which is cheap. It is false if there were
// none, or if the schema could not be used: that may have changed.
func (b *Backend) upToDate(ctx context.Context) bool {
	s := b.known.Load()
	if s == nil || len(s.Found.Alembic) == 0 || s.CheckReadable() != nil {
		return false
	}
	var now release.Found
	if err := b.readVersions(ctx, s, &now); err != nil {
		return b.faultOf(err) != fault.Stale
	}
	return slices.Equal(now.Alembic, s.Found.Alembic)
}

package dbbackend

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/glancegate/glancegate/dbbackend/release"
)

// watch notices that the schema changes while the gateway runs.
type watch struct {
	interval time.Duration
	onState  func(release.State)

	// reading is full while the schema is read: one reader at a time, so that
	// what is known is what was read last.
	reading chan struct{}

	mu     sync.Mutex
	last   *schema // the one read last, also after it was forgotten
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
	w.once.Do(func() {}) // from here on it does not start
	w.cancel()
	w.done.Wait()
}

// OnSchemaChange has f called after a reading that found another schema than the
// one before: what was read from the database earlier may look different now.
// Requests that began before may still see the old one. f must not wait for
// requests. stop ends it.
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

// schema returns what was read last, or reads it.
func (b *Backend) schema(ctx context.Context) (*schema, error) {
	if s := b.known.Load(); s != nil {
		return s, nil
	}
	return b.refresh(ctx, b.known.Load)
}

// refresh reads the schema, and tells those who want to know that it is another
// one. It reads nothing where known has the answer by the time of its turn.
func (b *Backend) refresh(ctx context.Context, known func() *schema) (*schema, error) {
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

func (b *Backend) adopt(s *schema) {
	w := &b.watch
	w.mu.Lock()
	first, changed := w.last == nil, w.last != nil && !w.last.same(s)
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
		w.onState(s.state)
	}
	w.once.Do(func() {
		if w.interval > 0 {
			w.done.Add(1)
			go b.poll()
		}
	})
}

// poll looks at the version of the schema from time to time. A database that
// does not answer is left to the requests.
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

// upToDate compares the revisions of alembic, which is cheap. Where there are
// none, some may have come, and what can't be used may have been put right.
func (b *Backend) upToDate(ctx context.Context) bool {
	s := b.known.Load()
	if s == nil || len(s.found.Alembic) == 0 || s.checkReadable() != nil {
		return false
	}
	var now release.Found
	if err := b.readVersions(ctx, s, &now); err != nil {
		return b.faultOf(err) != stale
	}
	return slices.Equal(now.Alembic, s.found.Alembic)
}

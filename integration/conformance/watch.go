package conformance

import (
	"context"

	"github.com/glancegate/glancegate/integration/servers"
)

// Watch sees which rows of a database change, for tests beside the replay.
type Watch struct{ store *store }

// NewWatch begins with the rows as they are. It keeps a connection until Close.
func NewWatch(ctx context.Context, db *servers.Database) (*Watch, error) {
	s, err := newStore(ctx, db)
	if err != nil {
		return nil, err
	}
	if s.seen, err = s.snapshot(ctx); err != nil {
		_ = s.close()
		return nil, err
	}
	return &Watch{s}, nil
}

// Changes lists what has changed since the last call, in the form of the record.
func (w *Watch) Changes(ctx context.Context) (Changes, error) { return w.store.look(ctx, nil) }

// Close gives the connection back.
func (w *Watch) Close() error { return w.store.close() }

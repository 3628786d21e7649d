package cache

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/glancegate/glancegate/registry"
)

// InTx implements registry.Store. When it returns, nothing older than what the
// transaction left is found through this cache.
func (c *Cache) InTx(ctx context.Context, f func(registry.Tx) error) error {
	return inTx(ctx, c.Store, f, func(yield func(*Cache) bool) {
		if !yield(c) || c.config.Others == nil {
			return
		}
		for other := range c.config.Others {
			if other != c && !yield(other) {
				return
			}
		}
	})
}

// Telling is a Store without a cache that tells caches in front of the same
// database of what is changed through it.
func Telling(store registry.Store, caches iter.Seq[*Cache]) registry.Store {
	return telling{store, caches}
}

type telling struct {
	registry.Store
	caches iter.Seq[*Cache]
}

// InTx implements registry.Store.
func (t telling) InTx(ctx context.Context, f func(registry.Tx) error) error {
	return inTx(ctx, t.Store, f, t.caches)
}

func inTx(ctx context.Context, store registry.Store, f func(registry.Tx) error, caches iter.Seq[*Cache]) error {
	touched := touched{ids: map[string]bool{}}
	committing := false
	err := store.InTx(ctx, func(tx registry.Tx) error {
		err := f(&trackedTx{Tx: tx, touched: &touched})
		committing = err == nil
		return err
	})
	if !touched.any() {
		return err
	}
	ids := touched.list()
	for c := range caches {
		if err != nil && committing && uncertain(err) {
			time.AfterFunc(uncertainty, c.block(ByWrite, ids))
		} else {
			c.invalidate(ByWrite, ids)
		}
	}
	return err
}

// uncertainty is how long images stay out of the cache after a transaction of
// which nobody knows whether the server commits it yet.
const uncertainty = 30 * time.Second

// uncertain tells errors of a commit that was refused from those of a connection
// or a deadline.
func uncertain(err error) bool {
	var known *registry.Error
	return !errors.As(err, &known) || known.Kind == registry.Unavailable
}

// touched is which images a transaction changed, over all its attempts.
type touched struct {
	ids  map[string]bool
	rest bool // some that it does not name
}

func (t *touched) any() bool { return t.rest || len(t.ids) > 0 }

func (t *touched) list() []string {
	if t.rest {
		return []string{""} // no id is spelled like that: everything
	}
	list := make([]string, 0, len(t.ids))
	for id := range t.ids {
		list = append(list, id)
	}
	return list
}

// note adds the image that values of a table name, if there is a name among them.
func (t *touched) note(table registry.Table, values registry.Values) (named bool) {
	column := "image_id"
	switch table {
	case registry.Images:
		column = "id"
	case registry.ImageProperties, registry.ImageLocations, registry.ImageMembers, registry.ImageTags:
	default:
		return true // nothing that is cached
	}
	value, named := values.Get(column)
	if !named {
		return false
	}
	if id, ok := value.(string); ok {
		t.ids[id] = true
	} else {
		t.rest = true
	}
	return true
}

func (t *touched) must(table registry.Table, values registry.Values) {
	if !t.note(table, values) {
		t.rest = true
	}
}

// trackedTx notes which images are changed.
type trackedTx struct {
	registry.Tx
	touched *touched
}

// Insert implements registry.Tx.
func (t *trackedTx) Insert(ctx context.Context, table registry.Table, row registry.Values) (int64, error) {
	t.touched.must(table, row)
	return t.Tx.Insert(ctx, table, row)
}

// Update implements registry.Tx. A row may move to another image.
func (t *trackedTx) Update(ctx context.Context, table registry.Table, where, set registry.Values) (int64, error) {
	t.touched.must(table, where)
	t.touched.note(table, set)
	return t.Tx.Update(ctx, table, where, set)
}

// Delete implements registry.Tx.
func (t *trackedTx) Delete(ctx context.Context, table registry.Table, where registry.Values) (int64, error) {
	t.touched.must(table, where)
	return t.Tx.Delete(ctx, table, where)
}

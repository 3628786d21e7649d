package cache

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/glancegate/glancegate/registry/records"
)

// InTx implements records.Store. When it returns, nothing older than what the
// transaction left is found through this cache.
func (c *Cache) InTx(ctx context.Context, f func(records.Tx) error) error {
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
func Telling(store records.Store, caches iter.Seq[*Cache]) records.Store {
	return telling{store, caches}
}

type telling struct {
	records.Store
	caches iter.Seq[*Cache]
}

// InTx implements records.Store.
func (t telling) InTx(ctx context.Context, f func(records.Tx) error) error {
	return inTx(ctx, t.Store, f, t.caches)
}

func inTx(ctx context.Context, store records.Store, f func(records.Tx) error, caches iter.Seq[*Cache]) error {
	touched := touched{ids: map[string]bool{}}
	committing := false
	err := store.InTx(ctx, func(tx records.Tx) error {
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
	var known *records.Error
	return !errors.As(err, &known) || known.Kind == records.Unavailable
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
func (t *touched) note(table records.Table, values records.Values) (named bool) {
	column := "image_id"
	switch table {
	case records.Images:
		column = "id"
	case records.ImageProperties, records.ImageLocations, records.ImageMembers, records.ImageTags:
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

func (t *touched) must(table records.Table, values records.Values) {
	if !t.note(table, values) {
		t.rest = true
	}
}

// trackedTx notes which images are changed.
type trackedTx struct {
	records.Tx
	touched *touched
}

// Insert implements records.Tx.
func (t *trackedTx) Insert(ctx context.Context, table records.Table, row records.Values) (int64, error) {
	t.touched.must(table, row)
	return t.Tx.Insert(ctx, table, row)
}

// Update implements records.Tx. A row may move to another image.
func (t *trackedTx) Update(ctx context.Context, table records.Table, where, set records.Values) (int64, error) {
	t.touched.must(table, where)
	t.touched.note(table, set)
	return t.Tx.Update(ctx, table, where, set)
}

// Delete implements records.Tx.
func (t *trackedTx) Delete(ctx context.Context, table records.Table, where records.Values) (int64, error) {
	t.touched.must(table, where)
	return t.Tx.Delete(ctx, table, where)
}

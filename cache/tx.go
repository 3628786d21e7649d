package cache

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/glancegate/glancegate/registry/records"
)

// InTx implements records.Store. When it returns, this cache finds nothing older than
// the result of the transaction.
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

// Invalidating returns a Store without a cache whose changes invalidate caches of the
// same database.
func Invalidating(store records.Store, caches iter.Seq[*Cache]) records.Store {
	return invalidating{store, caches}
}

type invalidating struct {
	records.Store
	caches iter.Seq[*Cache]
}

// InTx implements records.Store.
func (t invalidating) InTx(ctx context.Context, f func(records.Tx) error) error {
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
			time.AfterFunc(uncertainTime, c.block(ByWrite, ids))
		} else {
			c.invalidate(ByWrite, ids)
			c.refresh(ids)
		}
	}
	return err
}

// uncertainTime is how long images stay out of the cache after a transaction that the
// server may still commit.
const uncertainTime = 30 * time.Second

// uncertain reports whether the outcome of a commit with this error is unknown: the
// connection broke or the time was over, and the server did not refuse it.
func uncertain(err error) bool {
	var known *records.Error
	return !errors.As(err, &known) || known.Kind == records.Unavailable
}

// touched is the set of images that a transaction changed, in all its attempts.
type touched struct {
	ids  map[string]bool
	rest bool // and others, which are not known
}

func (t *touched) any() bool { return t.rest || len(t.ids) > 0 }

func (t *touched) list() []string {
	if t.rest {
		return []string{""} // not a valid id: everything
	}
	list := make([]string, 0, len(t.ids))
	for id := range t.ids {
		list = append(list, id)
	}
	return list
}

// note adds the image of a row with these values. It returns false if they do not
// name the image.
func (t *touched) note(table records.Table, values records.Values) (named bool) {
	column := "image_id"
	switch table {
	case records.Images:
		column = "id"
	case records.ImageProperties, records.ImageLocations, records.ImageMembers, records.ImageTags:
	default:
		return true // not cached
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

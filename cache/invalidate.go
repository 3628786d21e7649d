package cache

import (
	"errors"
	"time"
)

// Source says who told of a change.
type Source int

// The sources of changes.
const (
	ByWrite   Source = iota // through this gateway
	ByMessage               // through another gateway
	ByFeed                  // in the database
	ByAdmin                 // an operator
	Sources                 // how many there are
)

func (s Source) String() string {
	return [Sources]string{"write", "message", "feed", "admin"}[s]
}

var (
	errNotFollowed = errors.New("the changes of the database are not followed yet")
	errBehind      = errors.New("it is more than two seconds ago that the database was seen to have told all of its changes")
)

// invalidate makes sure that nothing that was read before this call is found by
// a read that begins after it. Redis comes first: what is dropped here must not
// come back from there.
func (c *Cache) invalidate(by Source, ids []string) {
	keys, ok := concerned(ids)
	if !ok {
		c.invalidateAll(by)
		return
	}
	c.counters.Invalidations[by].Add(1)
	if c.shared != nil {
		c.shared.Invalidate(keys, by != ByFeed) // the others have feeds of their own
	}
	c.drop(keys)
}

func (c *Cache) invalidateAll(by Source) {
	c.counters.Invalidations[by].Add(1)
	if c.shared != nil {
		c.shared.InvalidateAll()
	}
	c.clear()
}

// drop forgets records, and pages by their number. The number counts first:
// what is stored while it is current is dropped by what follows.
func (c *Cache) drop(ids []string) {
	c.changes.Add(1)
	c.unkept(time.Now())
	c.local.Drop(ids...)
	for _, id := range ids {
		c.flights.Forget(c.flightOf(id))
	}
}

// clear forgets everything in this process.
func (c *Cache) clear() {
	c.changes.Add(1)
	c.unkept(time.Now())
	c.clears.Add(1)
	c.local.Clear()
}

// PurgeImage forgets one image, here and everywhere.
func (c *Cache) PurgeImage(id string) { c.invalidate(ByAdmin, []string{id}) }

// Purge forgets everything, here and everywhere.
func (c *Cache) Purge() { c.invalidateAll(ByAdmin) }

// listener is notified by the shared tier of changes through other gateways, where
// the shared values are void already.
type listener struct{ cache *Cache }

func (h listener) Dropped(ids []string) {
	h.cache.counters.Invalidations[ByMessage].Add(1)
	h.cache.drop(ids)
}

func (h listener) DroppedAll() {
	h.cache.counters.Invalidations[ByMessage].Add(1)
	h.cache.clear()
}

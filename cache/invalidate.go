package cache

import "errors"

// Source is where a change came from.
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
	errBehind      = errors.New("the change feed is more than two seconds behind")
)

// invalidate makes sure that reads that begin after this call find nothing that was
// read before. Redis comes first: a dropped value must not come back from there.
func (c *Cache) invalidate(by Source, ids []string) {
	keys, ok := concerned(ids)
	if !ok {
		c.invalidateAll(by)
		return
	}
	c.counters.Invalidations[by].Add(1)
	if c.shared != nil {
		c.shared.Invalidate(keys, by != ByFeed) // other gateways have feeds of their own
	}
	c.drop(keys, !exact(ids))
}

func (c *Cache) invalidateAll(by Source) {
	c.counters.Invalidations[by].Add(1)
	if c.shared != nil {
		c.shared.InvalidateAll()
	}
	c.clear()
}

// drop removes records and notes the change for pages. With others, other images may
// have changed, too.
func (c *Cache) drop(ids []string, others bool) {
	noted := c.changes.add(ids, others)
	c.local.Drop(ids...)
	for _, id := range ids {
		c.flights.Forget(c.flightOf(id))
	}
	noted.settled.Store(true)
}

// clear drops everything in this process.
func (c *Cache) clear() {
	noted := c.changes.add(nil, true)
	c.clears.Add(1)
	c.local.Clear()
	noted.settled.Store(true)
}

// PurgeImage drops an image from this cache, Redis and the other gateways.
func (c *Cache) PurgeImage(id string) { c.invalidate(ByAdmin, []string{id}) }

// Purge drops everything from this cache, Redis and the other gateways.
func (c *Cache) Purge() { c.invalidateAll(ByAdmin) }

// listener is notified by the shared tier of changes through other gateways. The
// shared values are invalid already.
type listener struct{ cache *Cache }

func (h listener) Dropped(ids []string) {
	h.cache.counters.Invalidations[ByMessage].Add(1)
	h.cache.drop(ids, !exact(ids))
	h.cache.refresh(ids)
}

func (h listener) DroppedAll() {
	h.cache.counters.Invalidations[ByMessage].Add(1)
	h.cache.clear()
}

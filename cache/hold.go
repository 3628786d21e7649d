package cache

import "slices"

// hold drops images and keeps them out of the cache until settle is called,
// which drops them once more. In between readers may see either state.
func (c *Cache) hold(by Source, ids []string) (settle func()) {
	if slices.ContainsFunc(ids, func(id string) bool { return !canonical(id) }) {
		return c.holdAll(by)
	}
	c.holds.Add(1)
	releases := make([]func(), len(ids))
	for n, id := range ids {
		releases[n] = c.local.Hold(id)
	}
	c.invalidate(by, ids)
	return func() {
		c.invalidate(by, ids)
		for _, release := range releases {
			release()
		}
		c.holds.Add(-1)
	}
}

// holdAll is hold for everything.
func (c *Cache) holdAll(by Source) (settle func()) {
	c.suspended.Add(1)
	c.invalidateAll(by)
	return func() {
		c.invalidateAll(by)
		c.suspended.Add(-1)
	}
}

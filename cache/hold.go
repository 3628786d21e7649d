package cache

// hold drops images and keeps them out of the cache until settle is called,
// which drops them once more. In between readers may see either state.
func (c *Cache) hold(by Source, ids []string) (settle func()) {
	keys, ok := concerned(ids)
	if !ok {
		return c.holdAll(by)
	}
	c.holds.Add(1)
	releases := make([]func(), len(keys))
	for n, key := range keys {
		releases[n] = c.local.Hold(key)
	}
	c.invalidate(by, keys)
	return func() {
		c.invalidate(by, keys)
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

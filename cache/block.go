package cache

// block drops images and keeps them out of the cache until unblock is called, which
// drops them once more. In between, the database may return either state.
func (c *Cache) block(by Source, ids []string) (unblock func()) {
	keys, ok := concerned(ids)
	if !ok {
		return c.blockAll(by)
	}
	c.blocks.Add(1)
	releases := make([]func(), len(keys))
	for n, key := range keys {
		releases[n] = c.local.Block(key)
	}
	c.invalidate(by, ids) // it sees whether they are exact
	return func() {
		c.invalidate(by, ids)
		for _, release := range releases {
			release()
		}
		c.blocks.Add(-1)
		c.refresh(keys)
	}
}

// blockAll is block for all images.
func (c *Cache) blockAll(by Source) (unblock func()) {
	c.suspended.Add(1)
	c.invalidateAll(by)
	return func() {
		c.invalidateAll(by)
		c.suspended.Add(-1)
	}
}

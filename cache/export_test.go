package cache

import "time"

// Forget empties the tier in this process only.
func (c *Cache) Forget() { c.clear() }

// DropRecord evicts a record, and nothing that belongs to it.
func (c *Cache) DropRecord(id string) { c.local.Drop(id) }

// QueryKey is the key of a page.
var QueryKey = queryKey

// Age makes the moment older up to which all changes were reported.
func (c *Cache) Age(by time.Duration) { c.current.Add(-int64(by)) }

// Follow is Up, with all changes reported.
func (c *Cache) Follow() {
	c.Up()
	c.Current(time.Now())
}

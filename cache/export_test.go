package cache

import "time"

// Forget empties the tier in this process only.
func (c *Cache) Forget() { c.clear() }

// DropRecord evicts a record, and nothing that belongs to it.
func (c *Cache) DropRecord(id string) { c.local.Drop(id) }

// QueryKey is the key of a page.
var QueryKey = queryKey

// Age makes the last sign of life of the feed older.
func (c *Cache) Age(by time.Duration) { c.heard.Add(-int64(by)) }

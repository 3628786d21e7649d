package cache

import (
	"context"
	"time"
)

const (
	// maxRefreshes is how many changes are looked at ahead at a time. Lists look at the
	// others themselves.
	maxRefreshes = 4

	// refreshAfter is for how long after a list was asked for another one is expected.
	refreshAfter = 30 * time.Second
)

// refresh reads the records of images that have changed, if lists are in use: the next
// ones will ask whether the changes concern them. No request waits for it.
func (c *Cache) refresh(ids []string) {
	if len(ids) > maxUnknown || time.Since(c.born)-time.Duration(c.listed.Load()) > refreshAfter || !c.serving() {
		return
	}
	select {
	case c.refreshing <- struct{}{}:
	default:
		return
	}
	go func() {
		defer func() { <-c.refreshing }()
		for _, id := range ids {
			if _, kept := c.local.Get(id, time.Now()); !kept && canonical(id) {
				_, _, _ = c.recordOf(context.Background(), id) // a list that needs it sees the error
			}
		}
	}()
}

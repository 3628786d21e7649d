package cache

import (
	"sync"
	"time"
)

// The methods here are told by whoever follows the changes of the database.

// Up tells that from now on every change is told of. Nothing is cached before
// Current says up to when that is so.
func (c *Cache) Up() {
	c.clear()
	if c.shared != nil {
		c.shared.InvalidateAll()
	}
	c.current.Store(never)
	c.down.Store(nil)
}

// Down tells that changes may be missed from now on. Nothing is cached until
// Up.
func (c *Cache) Down(reason error) {
	c.down.Store(&reason)
	c.mu.Lock()
	pending := c.pending
	c.pending = nil
	c.mu.Unlock()
	c.clear()
	for unblock := range pending {
		(*unblock)()
	}
}

// Current tells that all changes have been told that were acknowledged before
// that moment, which is one of this process's clock.
func (c *Cache) Current(before time.Time) { c.current.Store(int64(before.Sub(c.born))) }

// Changed tells that these images have changed, which every reader sees.
func (c *Cache) Changed(ids ...string) { c.invalidate(ByFeed, ids) }

// ChangedAll tells that anything may have changed.
func (c *Cache) ChangedAll() { c.invalidateAll(ByFeed) }

// Changing tells that these images have changed, which some readers may not see
// before unblock is called. Down unblocks everything.
func (c *Cache) Changing(ids ...string) (unblock func()) {
	once := sync.OnceFunc(c.block(ByFeed, ids))
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pending == nil {
		c.pending = map[*func()]bool{}
	}
	c.pending[&once] = true
	return func() {
		once()
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.pending, &once)
	}
}

// Shared is the state of the tier in Redis, if there is one.
func (c *Cache) Shared() (status RedisStatus, ok bool) {
	if c.shared == nil {
		return status, false
	}
	return c.shared.Status(), true
}

// State is what operators may want to know of a cache.
type State struct {
	Serving  bool
	Followed bool          // somebody is to follow the database's changes
	Reason   error         // why it is not serving
	Lag      time.Duration // since the moment up to which all changes have been told; 0 without one
	Values   int           // in this process
	Bytes    int64
}

// State returns the state of the cache.
func (c *Cache) State() State {
	s := State{Serving: c.serving(), Followed: c.config.Followed}
	if down := c.down.Load(); down != nil {
		s.Reason = *down
	} else if c.behind() {
		s.Reason = errBehind
	}
	if current := c.current.Load(); c.config.Followed && current != never {
		s.Lag = time.Since(c.born) - time.Duration(current)
	}
	s.Values, s.Bytes = c.local.Size()
	return s
}

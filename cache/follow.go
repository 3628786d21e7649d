package cache

import (
	"sync"
	"time"
)

// These methods are a feed.Sink.

// Up says that every change from now on will be reported. Nothing is cached before
// the first call of Current.
func (c *Cache) Up() {
	c.clear()
	if c.shared != nil {
		c.shared.InvalidateAll()
	}
	c.current.Store(never)
	c.down.Store(nil)
}

// Down says that changes may be missed from now on. Nothing is cached until Up.
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

// Current says that all changes acknowledged before that moment, by the clock of
// this process, were reported.
func (c *Cache) Current(before time.Time) { c.current.Store(int64(before.Sub(c.born))) }

// Changed says that these images changed, and every reader sees the change.
func (c *Cache) Changed(ids ...string) {
	c.invalidate(ByFeed, ids)
	c.refresh(ids)
}

// ChangedAll says that anything may have changed.
func (c *Cache) ChangedAll() { c.invalidateAll(ByFeed) }

// Changing says that these images changed, but readers may not see the change before
// unblock is called. Down unblocks everything.
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

// Shared returns the state of the tier in Redis, if there is one.
func (c *Cache) Shared() (status RedisStatus, ok bool) {
	if c.shared == nil {
		return status, false
	}
	return c.shared.Status(), true
}

// State is the state of a cache, for operators.
type State struct {
	Serving  bool
	Followed bool          // a feed reports the changes of the database
	Reason   error         // why it is not serving
	Lag      time.Duration // since the moment up to which all changes were reported; 0: unknown
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

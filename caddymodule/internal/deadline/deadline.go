// Package deadline has contexts for requests that mostly end before anything waits for
// their deadline.
package deadline

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// Context is a context with a deadline that costs nothing until something waits for it:
// context.WithDeadline starts a timer and registers with its parent at once. It is used
// by its address, after Begin.
type Context struct {
	parent context.Context
	at     time.Time // zero: there is none

	mu      sync.Mutex
	waiting atomic.Pointer[waiting] // nil until something waits
	ended   error                   // the reason, if it has; guarded by mu
}

type waiting struct {
	context.Context
	cancel context.CancelFunc
}

// Begin sets the parent and the deadline; the zero time is none.
func (c *Context) Begin(parent context.Context, at time.Time) { c.parent, c.at = parent, at }

// End cancels the context, as the function does that context.WithDeadline returns.
func (c *Context) End() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if w := c.waiting.Load(); w != nil {
		w.cancel()
	}
	if c.ended = c.passed(); c.ended == nil {
		c.ended = context.Canceled
	}
}

// passed is the reason why the context has ended by itself, or nil.
func (c *Context) passed() error {
	if err := c.parent.Err(); err != nil {
		return err
	}
	if !c.at.IsZero() && !time.Now().Before(c.at) {
		return context.DeadlineExceeded
	}
	return nil
}

// Deadline implements context.Context.
func (c *Context) Deadline() (time.Time, bool) {
	at, ok := c.parent.Deadline()
	if !c.at.IsZero() && (!ok || c.at.Before(at)) {
		return c.at, true
	}
	return at, ok
}

// Done implements context.Context. From the first call on the context is one of the
// standard library's.
func (c *Context) Done() <-chan struct{} { return c.wait().Done() }

func (c *Context) wait() *waiting {
	if w := c.waiting.Load(); w != nil {
		return w
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if w := c.waiting.Load(); w != nil {
		return w
	}
	w := new(waiting)
	if c.at.IsZero() {
		w.Context, w.cancel = context.WithCancel(c.parent)
	} else {
		w.Context, w.cancel = context.WithDeadline(c.parent, c.at)
	}
	if c.ended != nil {
		w.cancel()
	}
	c.waiting.Store(w)
	return w
}

// Err implements context.Context.
func (c *Context) Err() error {
	if w := c.waiting.Load(); w != nil {
		return w.Err()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended != nil {
		return c.ended
	}
	return c.passed()
}

// Value implements context.Context. Contexts that are made of this one ask for Done
// first, and then find the standard library's context here, with which they register.
func (c *Context) Value(key any) any {
	if w := c.waiting.Load(); w != nil {
		return w.Value(key)
	}
	return c.parent.Value(key)
}

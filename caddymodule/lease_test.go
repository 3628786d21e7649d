package caddymodule

import (
	"errors"
	"sync/atomic"
	"testing"

	"github.com/glancegate/glancegate/integration/kit"
)

// counter counts what a lease takes and gives back.
type counter struct{ taken, released atomic.Int32 }

func (c *counter) lease() *lease[int32] {
	return &lease[int32]{
		acquire: func() (int32, error) { return c.taken.Add(1), nil },
		release: func() { c.released.Add(1) },
	}
}

func (c *counter) want(t *testing.T, taken, released int32) {
	t.Helper()
	// Requests release in a goroutine.
	kit.Poll(kit.Timeout, func() bool { return c.released.Load() >= released })
	if c.taken.Load() != taken || c.released.Load() != released {
		t.Errorf("taken %d, released %d; want %d, %d", c.taken.Load(), c.released.Load(), taken, released)
	}
}

func use(t *testing.T, l *lease[int32], want int32) {
	t.Helper()
	if got, err := l.use(); err != nil || got != want {
		t.Errorf("got %d, %v; want %d", got, err, want)
	}
}

func TestLeaseOutlivesTheHandler(t *testing.T) {
	var c counter
	l := c.lease()
	use(t, l, 1) // the handler
	use(t, l, 1)
	use(t, l, 1)
	l.done()
	l.close()
	c.want(t, 1, 0)
	l.done()
	c.want(t, 1, 1)
	if l.timeout.Stop() {
		t.Error("the timeout is still running")
	}
}

func TestLeaseIsTakenAgain(t *testing.T) {
	var c counter
	l := c.lease()
	use(t, l, 1)
	l.close()
	c.want(t, 1, 1)
	use(t, l, 2) // a request that comes after the end
	l.done()
	c.want(t, 2, 2)
}

func TestLeaseExpires(t *testing.T) {
	var c counter
	l := c.lease()
	use(t, l, 1)
	use(t, l, 1)
	l.close()
	l.expire()
	c.want(t, 1, 1)
	l.done()
	l.expire()
	c.want(t, 1, 1)
}

func TestLeaseFails(t *testing.T) {
	failure := errors.New("failure")
	l := &lease[int]{acquire: func() (int, error) { return 0, failure }}
	if _, err := l.use(); err != failure {
		t.Errorf("got %v", err)
	}
	if l.users != 0 {
		t.Errorf("%d users", l.users)
	}
}

package share

import (
	"errors"
	"sync/atomic"
	"testing"

	"github.com/glancegate/glancegate/integration/kit"
)

// counter counts what a Ref takes and gives back.
type counter struct{ taken, released atomic.Int32 }

func (c *counter) ref() *Ref[int32] {
	return &Ref[int32]{
		Acquire: func() (int32, error) { return c.taken.Add(1), nil },
		Release: func() { c.released.Add(1) },
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

func use(t *testing.T, l *Ref[int32], want int32) {
	t.Helper()
	if got, err := l.Use(); err != nil || got != want {
		t.Errorf("got %d, %v; want %d", got, err, want)
	}
}

func TestLeaseOutlivesTheHandler(t *testing.T) {
	var c counter
	l := c.ref()
	use(t, l, 1) // the handler
	use(t, l, 1)
	use(t, l, 1)
	l.Done()
	l.Close()
	c.want(t, 1, 0)
	l.Done()
	c.want(t, 1, 1)
	if l.timeout.Stop() {
		t.Error("the timeout is still running")
	}
}

func TestLeaseIsTakenAgain(t *testing.T) {
	var c counter
	l := c.ref()
	use(t, l, 1)
	l.Close()
	c.want(t, 1, 1)
	use(t, l, 2) // a request that comes after the end
	l.Done()
	c.want(t, 2, 2)
}

func TestLeaseExpires(t *testing.T) {
	var c counter
	l := c.ref()
	use(t, l, 1)
	use(t, l, 1)
	l.Close()
	l.expire()
	c.want(t, 1, 1)
	l.Done()
	l.expire()
	c.want(t, 1, 1)
}

// What was begun with Hold keeps the value for as long as it takes.
func TestHoldDoesNotExpire(t *testing.T) {
	var c counter
	l := c.ref()
	use(t, l, 1)
	if got, err := l.Hold(); err != nil || got != 1 {
		t.Fatal(got, err)
	}
	l.Close()
	l.expire()
	c.want(t, 1, 0)
	l.Unhold()
	c.want(t, 1, 1)
	if l.timeout.Stop() {
		t.Error("the timeout is still running")
	}
}

func TestLeaseFails(t *testing.T) {
	failure := errors.New("failure")
	l := &Ref[int]{Acquire: func() (int, error) { return 0, failure }}
	if _, err := l.Use(); err != failure {
		t.Errorf("got %v", err)
	}
	if l.users != 0 {
		t.Errorf("%d users", l.users)
	}
}

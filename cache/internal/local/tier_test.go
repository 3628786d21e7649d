package local

import (
	"fmt"
	"testing"
	"time"
)

var (
	now  = time.Now()
	soon = now.Add(time.Minute)
)

func put(t *Tier[string], key, value string) (Value[string], bool) {
	lease := t.Lease(key)
	defer lease.Done()
	return lease.Put(Value[string]{V: value, Read: now, Done: now, Expires: soon}, int64(len(value)))
}

func tier(t *testing.T, budget int64) *Tier[string] {
	t.Helper()
	return New[string](budget, func(int, time.Time) {})
}

func (t *Tier[V]) has(key string) bool {
	_, ok := t.Get(key, now)
	return ok
}

func TestKeepsUntilItExpires(t *testing.T) {
	c := tier(t, 1<<20)
	stored, ok := put(c, "a", "value")
	if got, found := c.Get("a", now); !ok || !found || got != stored || got.V != "value" {
		t.Errorf("got %+v, %v, want %+v", got, found, stored)
	}
	if _, found := c.Get("a", soon); found {
		t.Error("an expired value is found")
	}
	if again, _ := put(c, "a", "value"); again.Version == stored.Version {
		t.Error("two values have one version")
	}
}

func TestLeases(t *testing.T) {
	value := Value[string]{V: "value", Read: now, Done: now, Expires: soon}
	for _, c := range []struct {
		name string
		do   func(*Tier[string])
		kept bool
	}{
		{"nothing happens", func(*Tier[string]) {}, true},
		{"another key is dropped", func(c *Tier[string]) { c.Drop("b") }, true},
		{"the key is dropped", func(c *Tier[string]) { c.Drop("a") }, false},
		{"everything is dropped", func(c *Tier[string]) { c.Clear() }, false},
		{"the key is held", func(c *Tier[string]) { c.Block("a") }, false},
		{"the key was held", func(c *Tier[string]) { c.Block("a")() }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			tier := tier(t, 1<<20)
			lease := tier.Lease("a")
			defer lease.Done()
			c.do(tier)
			if lease.Ended() == c.kept {
				t.Errorf("the lease has ended: %v", !c.kept)
			}
			if _, ok := lease.Put(value, 5); ok != c.kept || tier.has("a") != c.kept {
				t.Errorf("stored: %v, want %v", ok, c.kept)
			}
		})
	}
}

// A key that was dropped can be stored again by who reads it anew.
func TestDropIsNotForGood(t *testing.T) {
	c := tier(t, 1<<20)
	c.Drop("a")
	if _, ok := put(c, "a", "value"); !ok {
		t.Error("not stored")
	}
	first, second := c.Block("a"), c.Block("a")
	first()
	if _, ok := put(c, "a", "value"); ok {
		t.Error("stored while the key is blocked")
	}
	second()
	if _, ok := put(c, "a", "value"); !ok {
		t.Error("not stored after the last block")
	}
}

func TestLeasesLeaveNothing(t *testing.T) {
	c := tier(t, 1<<20)
	for n := range 100 {
		put(c, fmt.Sprint(n), "value")
		c.Drop(fmt.Sprint(n))
	}
	for _, s := range c.shards {
		if len(s.leases)+len(s.blocked)+s.values.Len() > 0 || s.bytes != 0 {
			t.Errorf("%d leases, %d blocks, %d values, %d bytes are left", len(s.leases), len(s.blocked), s.values.Len(), s.bytes)
		}
	}
}

// What was read later stays.
func TestTheLaterReadingStays(t *testing.T) {
	c := tier(t, 1<<20)
	lease := c.Lease("a")
	defer lease.Done()
	later, _ := put(c, "a", "later")
	got, ok := lease.Put(Value[string]{V: "earlier", Read: now.Add(-time.Second), Expires: soon}, 5)
	if ok || got != later {
		t.Errorf("stored %v; got %+v, want %+v", ok, got, later)
	}
}

func TestPutWhile(t *testing.T) {
	c := tier(t, 1<<20)
	value := Value[string]{V: "value", Read: now, Done: now, Expires: soon}
	if _, ok := c.PutWhile(func() bool { return false }, "a", value, 5); ok || c.has("a") {
		t.Error("stored what is not valid any more")
	}
	if _, ok := c.PutWhile(func() bool { return true }, "a", value, 5); !ok || !c.has("a") {
		t.Error("not stored")
	}
}

func TestTheOldestGoFirst(t *testing.T) {
	gone := 0
	c := New[string](10*(overhead+100), func(n int, _ time.Time) { gone += n })
	for n := range 10 {
		put(c, fmt.Sprint(n), string(make([]byte, 99)))
	}
	c.Get("0", now)
	put(c, "x", string(make([]byte, 99)))
	if !c.has("0") || c.has("1") || !c.has("x") || gone != 1 {
		t.Errorf("0: %v, 1: %v, x: %v, %d gone", c.has("0"), c.has("1"), c.has("x"), gone)
	}
	c.Grow("x", func(v string) bool { return len(v) == 99 }, 3*(overhead+100))
	if values, bytes := c.Size(); values != 7 || bytes > 10*(overhead+100) {
		t.Errorf("%d values of %d bytes are left", values, bytes)
	}
	if _, ok := put(c, "huge", string(make([]byte, 1<<20))); ok {
		t.Error("stored what is larger than everything")
	}
	if values, _ := c.Size(); values != 7 {
		t.Error("a value that is too large made room for itself")
	}
}

package shared_test

import (
	"context"
	"testing"
	"time"

	"github.com/glancegate/glancegate/cache/internal/shared"
	"github.com/glancegate/glancegate/integration/servers"
)

// ages is a Redis with gateways whose TTLs are one minute, and ten and fifteen
// seconds.
type ages struct {
	*servers.RedisServer
	t                    *testing.T
	minute, ten, fifteen *gateway
}

func startAges(t *testing.T) *ages {
	s := servers.StartRedis(t)
	with := func(ttl time.Duration) *gateway {
		g := prepare(t, s.URL, func(c *shared.Config) { c.TTL = ttl })
		g.RaiseTimeout()
		return g.start()
	}
	a := &ages{s, t, with(time.Minute), with(10 * time.Second), with(15 * time.Second)}
	agree(a.minute, a.ten, a.fifteen)
	return a
}

// put stores a value that was read some time ago.
func (a *ages) put(id string, ago time.Duration) {
	_, ticket := a.minute.get(id)
	a.minute.putAt(ticket, "value", time.Now().Add(-ago))
}

// found wants a value of that age, give or take what a slow machine needs.
func (a *ages) found(g *gateway, id string, age time.Duration) {
	a.t.Helper()
	var found *shared.Found
	g.await("holding "+id, func() bool {
		found, _ = g.Get(context.Background(), g.Record(id))
		return found != nil
	})
	if found.Age < age || found.Age > age+4*time.Second {
		a.t.Errorf("%s is %s old, want %s", id, found.Age, age)
	}
}

// The age of a value counts from its read, for every gateway.
func TestCarriesAges(t *testing.T) {
	a := startAges(t)
	a.put("new", 0)
	a.put("old", 11*time.Second)
	a.put("too old", time.Minute)
	for _, g := range []*gateway{a.minute, a.ten, a.fifteen} {
		a.found(g, "new", 0)
		g.lacks("too old", "though its TTL is over")
	}
	a.found(a.minute, "old", 11*time.Second)
	a.found(a.fifteen, "old", 11*time.Second)
	a.ten.lacks("old", "though it is older than this gateway wants")
	if left, _ := a.Do("PTTL", a.minute.Record("old").Key()).(int64); left <= 0 || left > 49000 {
		t.Errorf("the old value has %d ms left", left)
	}
	if a.Do("EXISTS", a.minute.Record("too old").Key()) != int64(0) {
		t.Error("a value whose TTL is over was stored")
	}
}

// The age goes on from the reading, also if the value came late or another gateway
// gave its key more time: it is found by the group, whose time passes here by
// being cut.
func TestCountsAgesFromTheReading(t *testing.T) {
	a := startAges(t)
	_, ticket := a.minute.get("image")
	name := a.minute.Record("image")
	pass := func(d time.Duration) {
		left, _ := a.Do("PTTL", name.Group()).(int64)
		a.Do("PEXPIRE", name.Group(), left-d.Milliseconds())
	}
	pass(11 * time.Second) // while the value is on its way
	a.minute.putAt(ticket, "value", time.Now())
	a.found(a.minute, "image", 11*time.Second)
	a.ten.lacks("image", "though it is older than this gateway wants")
	a.Do("PEXPIRE", name.Key(), 1000000)
	a.found(a.minute, "image", 11*time.Second)
	pass(20 * time.Second)
	a.found(a.minute, "image", 31*time.Second)
	a.fifteen.lacks("image", "though it is older than this gateway wants")
	pass(30 * time.Second)
	a.minute.lacks("image", "though its TTL is over")
	a.Do("PEXPIRE", name.Group(), 10000000)
	a.minute.lacks("image", "though it is from the future")
}

package shared_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/glancegate/glancegate/cache/internal/shared"
	"github.com/glancegate/glancegate/cache/redisdb"
	"github.com/glancegate/glancegate/cache/seal"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/servers"
)

func TestMain(m *testing.M) { servers.Main(m) }

const secret = "0123456789abcdef"

// gateway is a tier with the messages that it received.
type gateway struct {
	*shared.Tier
	t *testing.T

	mu       sync.Mutex
	received []string // ids; "*" for everything
	events   []string // "up", "down" and "refused"
	reason   error    // of the last "down"
}

func (g *gateway) Dropped(ids []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.received = append(g.received, ids...)
}

func (g *gateway) DroppedAll() { g.Dropped([]string{"*"}) }

func (g *gateway) happened(event string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.events = append(g.events, event)
}

func (g *gateway) Up()      { g.happened("up") }
func (g *gateway) Refused() { g.happened("refused") }

func (g *gateway) Down(reason error) {
	g.happened("down")
	g.mu.Lock()
	defer g.mu.Unlock()
	g.reason = reason
}

func (g *gateway) Failed(string, error) {}

// start makes a gateway on a Redis and waits until it is in use. It is patient:
// a machine that has other things to do must not look like a Redis that fails.
func start(t *testing.T, url string) *gateway {
	t.Helper()
	g := prepare(t, url, nil)
	g.RaiseTimeout()
	return g.start()
}

// pair are two gateways on a Redis, as patient as in production.
func pair(t *testing.T, url string) (a, b *gateway) {
	t.Helper()
	return acquainted(prepare(t, url, nil).start(), prepare(t, url, nil).start())
}

// patientPair are two patient gateways on a Redis.
func patientPair(t *testing.T, url string) (a, b *gateway) {
	t.Helper()
	return acquainted(start(t, url), start(t, url))
}

func acquainted(a, b *gateway) (*gateway, *gateway) {
	a.t.Helper()
	a.InvalidateAll()  // b has to hear of a, too
	b.awaitReceived(2) // of its own, and of this
	agree(a, b)
	return a, b
}

func (g *gateway) start() *gateway {
	g.t.Helper()
	g.Start()
	g.await("in use", func() bool { return g.Status().InUse })
	return g
}

// prepare makes a gateway that is not started, with other settings than the
// usual ones.
func prepare(t *testing.T, url string, change func(*shared.Config)) *gateway {
	t.Helper()
	u, err := redisdb.Parse(url)
	if err != nil {
		t.Fatal(err)
	}
	g := &gateway{t: t}
	c := shared.Config{Open: u.OpenWith, Sealer: sealer(t, secret), Prefix: "test", TTL: time.Minute, Listener: g, Events: g}
	if change != nil {
		change(&c)
	}
	g.Tier = shared.New(c)
	t.Cleanup(g.Close)
	return g
}

func sealer(t *testing.T, secret string) *seal.Sealer {
	t.Helper()
	s, err := seal.New([]byte(secret), "test")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (g *gateway) await(what string, good func() bool) {
	g.t.Helper()
	if kit.Poll(kit.Timeout, good) {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.t.Fatalf("the tier does not become %s: %+v, received %q, events %q, last reason %v",
		what, g.Status(), g.received, g.events, g.reason)
}

// agree waits until all gateways have received everything, and then lets them
// forget what it was.
func agree(gateways ...*gateway) {
	for _, g := range gateways {
		g.t.Helper()
		for _, other := range gateways {
			g.await("of one mind with the other", func() bool { return g.Agrees(other.Tier) })
		}
	}
	for _, g := range gateways {
		g.mu.Lock()
		g.received, g.events = nil, nil
		g.mu.Unlock()
	}
}

// expectReceived waits for messages about these ids, and fails the test if there are others.
func (g *gateway) expectReceived(ids ...string) {
	g.t.Helper()
	g.awaitReceived(len(ids))
	g.mu.Lock()
	defer g.mu.Unlock()
	slices.Sort(g.received)
	slices.Sort(ids)
	if !slices.Equal(g.received, ids) {
		g.t.Errorf("received %q, want %q", g.received, ids)
	}
	g.received = nil
}

func (g *gateway) awaitReceived(count int) {
	g.t.Helper()
	g.await("sent", func() bool {
		g.mu.Lock()
		defer g.mu.Unlock()
		return len(g.received) >= count
	})
}

// saw waits for an event and reports how often it has come.
func (g *gateway) saw(event string) (times int) {
	g.t.Helper()
	g.await("seen to be "+event, func() bool { return g.count(event) > 0 })
	return g.count(event)
}

func (g *gateway) count(event string) (times int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, e := range g.events {
		if e == event {
			times++
		}
	}
	return times
}

// get returns the value of an image, "" for none, and the ticket.
func (g *gateway) get(id string) (string, shared.Ticket) { return g.getNamed(g.Record(id)) }

func (g *gateway) getNamed(name shared.Name) (string, shared.Ticket) {
	found, ticket := g.Get(context.Background(), name)
	if found == nil {
		return "", ticket
	}
	return string(found.Value), ticket
}

// put stores a value as if it were read from the database now.
func (g *gateway) put(id, value string) { g.putNamed(g.Record(id), value) }

func (g *gateway) putNamed(name shared.Name, value string) {
	g.t.Helper()
	g.await("storing "+value, func() bool {
		got, ticket := g.getNamed(name)
		g.putAt(ticket, value, time.Now())
		return got == value
	})
}

// putAt stores what was read at a time, and waits until that is done.
func (g *gateway) putAt(ticket shared.Ticket, value string, read time.Time) {
	g.Put(ticket, []byte(value), read)
	g.await("without puts", func() bool { return g.Puts() == 0 })
}

// lacks fails the test if there is a value that may be used.
func (g *gateway) lacks(id, why string) {
	g.t.Helper()
	if value, _ := g.get(id); value != "" {
		g.t.Errorf("%s is found, %s", value, why)
	}
}

func (g *gateway) holds(id, value string) {
	g.t.Helper()
	g.await("holding "+value, func() bool { got, _ := g.get(id); return got == value })
}

package shared_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/glancegate/glancegate/cache/redisdb"
	"github.com/glancegate/glancegate/cache/seal"
	"github.com/glancegate/glancegate/cache/shared"
	"github.com/glancegate/glancegate/integration/servers"
)

func TestMain(m *testing.M) { servers.Main(m) }

// gateway is a tier with what it hears.
type gateway struct {
	*shared.Tier
	client redis.UniversalClient
	t      *testing.T

	mu    sync.Mutex
	heard []string // ids; "*" for everything
	downs []error
	ups   int
	lost  int // values that did not open
}

func (g *gateway) Dropped(ids []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.heard = append(g.heard, ids...)
}

func (g *gateway) DroppedAll() { g.Dropped([]string{"*"}) }

func (g *gateway) Up() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.ups++
}

func (g *gateway) Down(reason error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.downs = append(g.downs, reason)
}

func (g *gateway) Refused() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.lost++
}

func (g *gateway) Failed(what string, err error) { g.t.Logf("%s: %v", what, err) }

// start makes a gateway on a Redis and waits until it is in use.
func start(t *testing.T, url string, secret string) *gateway {
	t.Helper()
	g := prepare(t, url, secret)
	g.Start()
	g.await("in use", func() bool { return g.Status().InUse })
	return g
}

func prepare(t *testing.T, url, secret string) *gateway {
	t.Helper()
	u, err := redisdb.Parse(url)
	if err != nil {
		t.Fatal(err)
	}
	client, err := u.Open()
	if err != nil {
		t.Fatal(err)
	}
	sealer, err := seal.New([]byte(secret), "test")
	if err != nil {
		t.Fatal(err)
	}
	g := &gateway{t: t, client: client}
	g.Tier = shared.New(shared.Config{
		Client: client, Sealer: sealer, Prefix: "test", TTL: time.Minute, Hearer: g, Events: g,
	})
	t.Cleanup(func() { _ = g.Close() })
	return g
}

const patience = 10 * time.Second

func (g *gateway) await(what string, good func() bool) {
	g.t.Helper()
	for deadline := time.Now().Add(patience); !good(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			g.mu.Lock()
			defer g.mu.Unlock()
			g.t.Fatalf("the tier does not become %s: %+v, downs %v", what, g.Status(), g.downs)
		}
	}
}

// hears waits until the gateway has heard of a change.
func (g *gateway) hears(id string) {
	g.t.Helper()
	g.await("told of "+id, func() bool {
		g.mu.Lock()
		defer g.mu.Unlock()
		for _, h := range g.heard {
			if h == id {
				return true
			}
		}
		return false
	})
}

func (g *gateway) forget() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.heard = nil
}

// get returns the value of an image, "" for none, and the ticket.
func (g *gateway) get(id string) (string, shared.Ticket) {
	found, ticket := g.Get(context.Background(), g.Record(id))
	if found == nil {
		return "", ticket
	}
	return string(found.Value), ticket
}

// put stores a value as if it were read from the database now.
func (g *gateway) put(id, value string) {
	g.t.Helper()
	_, ticket := g.get(id)
	g.Put(ticket, []byte(value), time.Now())
	g.holds(id, value)
}

func (g *gateway) holds(id, value string) {
	g.t.Helper()
	g.await("holding "+value, func() bool { got, _ := g.get(id); return got == value })
}

const secret = "0123456789abcdef"

func TestSharesValues(t *testing.T) {
	url := servers.NewRedis(t)
	a, b := start(t, url, secret), start(t, url, secret)
	a.put("image", "value")
	b.holds("image", "value")
}

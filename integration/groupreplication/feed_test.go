package groupreplication

import (
	"context"
	"database/sql"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration"
	"github.com/glancegate/glancegate/integration/cachetest"
	"github.com/glancegate/glancegate/integration/netproxy"
	"github.com/glancegate/glancegate/integration/servers"
)

// bound is how old an answer may be, by docs/cache.md.
const bound = 2 * time.Second

// scenario is something that happens to a group.
type scenario struct {
	name    string
	happens func(t *testing.T, p *primary, address *netproxy.Proxy)

	// follows: the database's address leads to the primary as soon as the others
	// have elected it. breaks: connections to the one of before are broken then.
	follows, breaks bool

	// reason is why the cache must have been out of use meanwhile; nil: it must not
	// have been.
	reason *regexp.Regexp
}

// Whatever happens to the group: no answer of the gateway is older than promised
// while it says that its cache is in use, and what it acknowledged is there.
func (s scenario) run(t *testing.T, g *servers.Group) {
	p := newPrimary(t, g)
	address, url := p.routed(t, s.follows, s.breaks)
	p.member().Database.Fill(t)
	urls, admin := integration.StartEachCached(t, integration.Cached{Database: url, Settings: "changes"})
	l := &cachetest.Load{T: t, Gateways: urls, Writers: []cachetest.Writer{p, p}}
	w := &cachetest.Creations{Gateway: urls[0]}
	var said cachetest.States
	ctx, stop := context.WithCancel(t.Context())
	var others sync.WaitGroup
	defer others.Wait()
	defer stop()
	others.Go(func() { said.Observe(ctx, admin) })
	others.Go(func() { p.watch(ctx) })
	others.Go(func() { w.Run(ctx) })
	l.Run(func() {
		time.Sleep(time.Second)
		s.happens(t, p, address)
		if err := admin.Await("ready again", cachetest.Ready(1)); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Second)
	})
	stop()
	others.Wait()
	t.Logf("new primaries: %v; the cache was%v", p.said, &said)
	if worst := l.Stale[0].Max(); worst > bound {
		t.Errorf("an answer was stale by %v; promised are %v", worst, bound)
	}
	switch {
	case s.reason == nil && said.Downs(regexp.MustCompile(".")) > 0:
		t.Error("the cache went out of use, though the group was well")
	case s.reason != nil && said.Downs(s.reason) == 0:
		t.Errorf("the cache was not out of use because of %v", s.reason)
	}
	members := map[string]*sql.DB{}
	for _, m := range g.Members {
		m.AwaitAll(t)
		members[m.Name] = m.Database.DB
	}
	w.Check(t, members)
}

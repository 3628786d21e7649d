package groupreplication

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/cachetest"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/netproxy"
	"github.com/glancegate/glancegate/integration/servers"
)

// primary follows the primary of a group, as mysql-router does: it is the one that
// two members say it is. Rows are written to it.
type primary struct {
	*cachetest.Primary
	group *servers.Group

	mu    sync.Mutex
	now   *servers.GroupMember
	moved func(*servers.GroupMember)
	said  []string
}

func newPrimary(t *testing.T, g *servers.Group) *primary {
	t.Helper()
	p := &primary{group: g, moved: func(*servers.GroupMember) {}}
	if p.now = p.find(t.Context()); p.now == nil {
		t.Fatal("the group has no primary")
	}
	p.Primary = cachetest.NewPrimary(p.now.Database.DB)
	return p
}

// watch follows the primary until ctx ends.
func (p *primary) watch(ctx context.Context) {
	for began := time.Now(); ctx.Err() == nil; {
		if found := p.find(ctx); found != nil && found != p.member() {
			p.mu.Lock()
			p.now = found
			p.Move(found.Database.DB)
			p.moved(found)
			p.said = append(p.said, fmt.Sprintf("%5.2fs %s", time.Since(began).Seconds(), found.Name))
			p.mu.Unlock()
		}
		kit.Pause(ctx, 100*time.Millisecond)
	}
}

func (p *primary) find(ctx context.Context) *servers.GroupMember {
	ctx, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
	defer cancel()
	var mu sync.Mutex
	var asked sync.WaitGroup
	votes := map[string]int{}
	for _, m := range p.group.Members {
		asked.Go(func() {
			said, _ := p.group.Says(ctx, m)
			mu.Lock()
			defer mu.Unlock()
			for name, s := range said {
				if s.State == "ONLINE" && s.Role == "PRIMARY" {
					votes[name]++
				}
			}
		})
	}
	asked.Wait()
	for _, m := range p.group.Members {
		if votes[m.Name] >= 2 {
			return m
		}
	}
	return nil
}

func (p *primary) member() *servers.GroupMember {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}

// secondaries are the other members.
func (p *primary) secondaries() (others []*servers.GroupMember) {
	now := p.member()
	for _, m := range p.group.Members {
		if m != now {
			others = append(others, m)
		}
	}
	return others
}

// await waits until there is another primary than before.
func (p *primary) await(t *testing.T, before *servers.GroupMember) {
	t.Helper()
	if !kit.Poll(time.Minute, func() bool { return p.member() != before }) {
		t.Fatalf("%s is still the primary", before.Name)
	}
}

// routed is a database URL that leads to the primary: at once, or only when the
// test redirects the proxy. Connections of before are broken, or not.
func (p *primary) routed(t *testing.T, follows, breaks bool) (*netproxy.Proxy, string) {
	t.Helper()
	proxy, url := netproxy.New(t, p.member().Database.URL)
	if follows {
		p.mu.Lock()
		p.moved = func(m *servers.GroupMember) {
			proxy.Redirect(t, m.Database.URL)
			if breaks {
				proxy.Break()
			}
		}
		p.mu.Unlock()
	}
	return proxy, url
}

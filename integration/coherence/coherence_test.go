// Package coherence tests under load how old an answer can be: two gateways with
// caches and one Redis, writes through one of them and straight in the database,
// and readers of both.
package coherence

import (
	"flag"
	"testing"
	"time"

	"github.com/glancegate/glancegate/dbbackend/feed"
	"github.com/glancegate/glancegate/integration"
	"github.com/glancegate/glancegate/integration/cachetest"
	"github.com/glancegate/glancegate/integration/servers"
)

var length = flag.Duration("coherence.length", 5*time.Second, "how long each load runs")

// bound is what docs/cache.md promises where changes are followed, and where they
// are not and ttl is as it is by default.
const bound = 2 * time.Second

// margin is for a machine that does other things, too.
const margin = time.Second

// With changes, what is written anywhere is seen everywhere; without, after the
// ttl at the latest. On the node that was written through it is seen at once.
func TestNothingIsOlderThanPromised(t *testing.T) {
	for _, mode := range []struct{ name, settings string }{{"changes", "changes"}, {"ttl", "ttl 2s"}} {
		t.Run(mode.name, func(t *testing.T) {
			servers.EachDatabase(t, func(t *testing.T, db *servers.Database) {
				l, _ := start(t, db, mode.settings+"\nredis "+servers.NewRedis(t))
				l.run(*length, nil)
				l.check()
			})
		})
	}
}

// start runs two gateways and waits until their caches are in use.
func start(t *testing.T, db *servers.Database, settings string) (*load, cachetest.Admin) {
	t.Helper()
	if db.Dialect == servers.PostgreSQL {
		if err := feed.Install(t.Context(), db.URL); err != nil {
			t.Fatal(err)
		}
	}
	urls, admin := integration.StartCached(t, db, 2, settings)
	return &load{t: t, db: db, nodes: urls}, admin
}

func (l *load) check() {
	l.t.Helper()
	for way := range ways {
		for node := range l.nodes {
			if worst := l.stale[way][node].Max(); worst > bound+margin {
				l.t.Errorf("%s, read at node %d: an answer was stale by %v; promised are %v", ways[way], node, worst, bound)
			}
		}
	}
}

func TestMain(m *testing.M) { servers.Main(m) }

package galera

import (
	"context"
	"fmt"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration"
	"github.com/glancegate/glancegate/integration/cachetest"
	"github.com/glancegate/glancegate/integration/servers"
)

// bound is how old an answer may be, by docs/cache.md.
const bound = 2 * time.Second

// scenario is something that happens to the node whose changes are followed,
// which is the first one.
type scenario struct {
	name    string
	quick   bool // short enough for every day
	happens func(t *testing.T, c *servers.Galera)

	// reason is why the cache must have been out of use meanwhile; nil: it need not
	// have been. calm: it must not have been.
	reason *regexp.Regexp
	calm   bool

	// leaver is a node that is not written to, as it is not always there; 0: none.
	leaver int
}

var (
	lags   = regexp.MustCompile("lags behind the cluster|does not answer")
	apart  = regexp.MustCompile("left the primary component")
	silent = regexp.MustCompile(".")
)

// Whatever happens to the node that is followed: no answer is older than
// promised, and the cache is in use only while that node is where the others are.
func testAges(t *testing.T, c *servers.Galera) {
	for n, s := range scenarios {
		if n == 1 { // the nodes need a while for it, and the first scenario is that they are at rest
			numbers(t, c, 300_000)
		}
		if !s.quick && !full {
			continue
		}
		for gateways := 1; gateways <= 2; gateways++ {
			// Where time is short, two gateways find what one finds, and more.
			if gateways == 1 && !full {
				continue
			}
			t.Run(fmt.Sprintf("%s/%d", s.name, gateways), func(t *testing.T) { s.judge(t, c, gateways) })
		}
	}
}

// judge runs the scenario, and looks at when the caches were in use. A machine that is
// busy with something else can hold back the feed of a node that is well, but hardly
// three times.
func (s scenario) judge(t *testing.T, c *servers.Galera, gateways int) {
	var said *cachetest.States
	for n := range 3 {
		t.Run(fmt.Sprint("run ", n+1), func(t *testing.T) { said = s.run(t, c, gateways) })
		if !s.calm || said.Downs(silent) == 0 {
			break
		}
	}
	switch {
	case s.calm && said.Downs(silent) > 0:
		t.Error("the cache went out of use three times, though the node was well")
	case s.reason != nil && said.Downs(s.reason) == 0:
		t.Errorf("the cache was not out of use because of %v", s.reason)
	}
}

// run does what happens under load, and fails where an answer is too old or a request
// fails for no reason. It returns when the caches were in use.
func (s scenario) run(t *testing.T, c *servers.Galera, gateways int) *cachetest.States {
	// One gateway does all on the node to which it happens. Two have a Redis, read
	// from a node to which nothing happens, and so fail no request.
	followed, read := c.Nodes[0].Database, c.Nodes[1].Database
	configured := []integration.Cached{{Database: followed.URL, Settings: "changes"}}
	if gateways == 2 {
		settings := fmt.Sprintf("changes `%s`\nredis %s", followed.URL, servers.NewRedis(t))
		configured = []integration.Cached{
			{Database: read.URL, Settings: settings}, {Database: integration.NodeURL(read.URL, 1), Settings: settings},
		}
	}
	read.Fill(t)
	urls, admin := integration.StartEachCached(t, configured...)
	l := &cachetest.Load{T: t, Gateways: urls}
	for n, node := range c.Nodes {
		if n > 0 && n != s.leaver {
			l.Writers = append(l.Writers, node.Database.DB)
		}
	}
	var said cachetest.States
	ctx, stop := context.WithCancel(t.Context())
	var observer sync.WaitGroup
	defer observer.Wait()
	defer stop()
	observer.Go(func() { said.Observe(ctx, admin) })
	l.Run(func() {
		time.Sleep(time.Second)
		s.happens(t, c)
		if err := admin.Await("ready again", cachetest.Ready(gateways)); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Second)
	})
	stop()
	observer.Wait()
	t.Logf("the caches were%v", &said)
	for g := range l.Gateways {
		if worst := l.Stale[g].Max(); worst > bound {
			t.Errorf("gateway %d: an answer was stale by %v; promised are %v", g, worst, bound)
		}
	}
	if failed := l.Failed.Load(); gateways == 2 && failed > 0 {
		t.Errorf("%d requests failed, though the node that is read was well", failed)
	}
	return &said
}

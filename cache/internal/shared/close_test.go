package shared_test

import (
	"context"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/glancegate/glancegate/integration/netproxy"
	"github.com/glancegate/glancegate/integration/servers"
)

// However a gateway ends, nothing of it stays.
func TestClosesWithoutTraces(t *testing.T) {
	single := func(t *testing.T) string { return servers.NewRedis(t) }
	for name, test := range map[string]func(t *testing.T) (url string, end func(*gateway)){
		"not started": func(t *testing.T) (string, func(*gateway)) { return single(t), func(*gateway) {} },
		"starting":    func(t *testing.T) (string, func(*gateway)) { return single(t), func(g *gateway) { g.Start() } },
		"in use": func(t *testing.T) (string, func(*gateway)) {
			return single(t), func(g *gateway) { g.RaiseTimeout(); g.start().put("image", "value") }
		},
		"without Redis": func(t *testing.T) (string, func(*gateway)) {
			s := servers.StartRedis(t)
			return s.URL, func(g *gateway) { g.start(); s.Kill(); g.saw("down") }
		},
		"Redis paused": func(t *testing.T) (string, func(*gateway)) {
			s := servers.StartRedis(t)
			return s.URL, func(g *gateway) { g.start().get("image"); s.Pause(); g.Invalidate([]string{"image"}, true) }
		},
		"no answer": func(t *testing.T) (string, func(*gateway)) {
			proxy, url := netproxy.New(t, single(t))
			return url, func(g *gateway) { proxy.Hold(); t.Cleanup(proxy.Release); g.Start() }
		},
		"sentinel": func(t *testing.T) (string, func(*gateway)) {
			return servers.StartRedisSentinel(t).URL, func(g *gateway) { g.RaiseTimeout(); g.start().put("image", "value") }
		},
		"cluster": func(t *testing.T) (string, func(*gateway)) {
			return servers.StartRedisCluster(t).URL, func(g *gateway) { g.RaiseTimeout(); g.start().put("image", "value") }
		},
	} {
		t.Run(name, func(t *testing.T) {
			url, end := test(t)
			before := goleak.IgnoreCurrent()
			g := prepare(t, url, nil)
			end(g)
			g.Close()
			if g.count("down") > 0 && name != "without Redis" && name != "Redis paused" {
				t.Error("it takes Redis for down")
			}
			// The proxy may still hold an answer; that goroutine is the test's own.
			proxies := goleak.IgnoreAnyFunction("github.com/glancegate/glancegate/integration/netproxy.(*Proxy).copy")
			goleak.VerifyNone(t, before, proxies)
			g.works(t)
		})
	}
}

// works calls everything once: late requests do.
func (g *gateway) works(t *testing.T) {
	t.Helper()
	start := time.Now()
	if found, ticket := g.Get(context.Background(), g.Record("image")); found != nil {
		t.Error("a closed gateway finds something")
	} else {
		g.putAt(ticket, "value", time.Now())
	}
	g.Invalidate([]string{"image"}, true)
	g.InvalidateAll()
	if g.Status().InUse {
		t.Error("a closed gateway is in use")
	}
	if took := time.Since(start); took > maxWait {
		t.Errorf("calls of a closed gateway took %s", took)
	}
}

// Requests may go on while a gateway ends.
func TestClosesUnderLoad(t *testing.T) {
	url := servers.NewRedis(t)
	for range 5 {
		g := prepare(t, url, nil).start()
		stop := busy(g, g, g)
		g.put("image", "value")
		g.Close()
		stop()
		g.await("without puts", func() bool { return g.Puts() == 0 })
	}
}

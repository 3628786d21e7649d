package faults

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/cachetest"
	"github.com/glancegate/glancegate/integration/faults/scenario"
	"github.com/glancegate/glancegate/integration/gateways"
	"github.com/glancegate/glancegate/integration/keystonetest"
	"github.com/glancegate/glancegate/integration/netproxy"
	"github.com/glancegate/glancegate/integration/servers"
)

// The network between gateway and database fails: it says so, or it swallows what
// is sent.
func TestNetworkFailsUnderLoad(t *testing.T) {
	ways := []struct {
		name  string
		lasts time.Duration
		fail  func(*netproxy.Wire)
	}{{"cut", time.Second, (*netproxy.Wire).Cut}, {"swallows", deadline + 2*time.Second, (*netproxy.Wire).Swallow}}
	for _, dialect := range []servers.Kind{servers.MySQL, servers.PostgreSQL} {
		for _, way := range ways {
			t.Run(string(dialect)+"/"+way.name, func(t *testing.T) {
				db := servers.NewDatabase(t, dialect)
				wire := netproxy.NewWire(t)
				underLoad(t, "network "+way.name, db, wire.Proxy(db.URL), func(l *scenario.Load) {
					l.Break(func() { way.fail(wire) })
					time.Sleep(lasts(way.lasts, time.Minute))
					l.Repair(wire.Mend)
					l.Work(time.Second)
				})
			})
		}
	}
}

// The network to Keystone swallows what is sent, while more tokens than there may
// be connections want to be validated. Every request is answered, and the attempts
// to connect don't keep later ones waiting.
func TestNetworkToKeystoneSwallowsUnderLoad(t *testing.T) {
	cloud := keystonetest.New(t)
	service, token := cloud.User(t, "service"), cloud.User(t, "admin").Token(t)
	for _, way := range []struct {
		name, url string
		// lasts is such that the kernel would wait longer than a recovery may take
		// until it tries again, to connect or to send.
		lasts time.Duration
	}{{"HTTP 1", cloud.URL, 8 * time.Second}, {"HTTP 2", overHTTP2(t, cloud.URL), 7 * time.Second}} {
		t.Run(way.name, func(t *testing.T) {
			db := servers.NewDatabase(t, servers.SQLite)
			wire := netproxy.NewWire(t)
			g := gateways.Start(t, "", site(db.URL, fmt.Sprintf(`identity keystone {
				auth_url %s
				username %s
				password %q
				project_name %s
				token_cache_time 0
				insecure
			}`, wire.Proxy(way.url), service.Name, service.Password, service.ProjectName)))
			l := scenario.Begin(t, db, g.URLs, scenario.Identify(func(r *http.Request) { r.Header.Set("X-Auth-Token", token) }))
			l.Break(wire.Swallow)
			over := time.After(lasts(way.lasts, time.Minute))
			unknownTokens(t, g.URLs[0])
			<-over
			l.Repair(wire.Mend)
			l.Work(6 * time.Second)
			l.End("Keystone swallows, "+way.name, g.Peak(t), scenario.Bounds{
				Failures: scenario.Unavailable, Longest: deadline + slack, Peak: mostMemory,
			})
		})
	}
}

// overHTTP2 is the URL of a Keystone behind a server with TLS and HTTP/2.
func overHTTP2(t *testing.T, keystone string) string {
	u, err := url.Parse(keystone)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(u)
	proxy.ErrorLog = log.New(io.Discard, "", 0) // of clients that have left
	s := httptest.NewUnstartedServer(proxy)
	s.EnableHTTP2 = true
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.URL
}

// unknownTokens lets many be validated at once, in vain.
func unknownTokens(t *testing.T, gateway string) {
	const many = 48 // the gateway has 32 connections at most
	client := &http.Client{Timeout: deadline + slack, Transport: &http.Transport{DisableKeepAlives: true}}
	var asking sync.WaitGroup
	for n := range many {
		asking.Go(func() {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, gateway+"/images", nil)
			if err != nil {
				t.Error(err)
				return
			}
			request.Header.Set("X-Auth-Token", fmt.Sprint("unknown-", n))
			response, err := client.Do(request)
			if err != nil {
				t.Error(err)
				return
			}
			response.Body.Close()
			if response.StatusCode != http.StatusServiceUnavailable {
				t.Errorf("the answer is %s", response.Status)
			}
		})
	}
	asking.Wait()
}

// The network to Redis swallows what is sent. No request fails or waits for it,
// and Redis is used soon after.
func TestNetworkToRedisSwallowsUnderLoad(t *testing.T) {
	db, redis, wire := servers.NewDatabase(t, servers.SQLite), servers.StartRedis(t), netproxy.NewWire(t)
	g := gateways.Start(t, "", site(db.URL, "cache {\nttl 1s\nredis "+wire.Proxy(redis.URL)+
		"\nnamespace test\nkey 0123456789abcdef0123456789abcdef\n}"))
	inUse := func(want bool) {
		t.Helper()
		err := g.Admin.Await("as Redis is", func(caches []cachetest.Cache) bool {
			return len(caches) == 1 && caches[0].Redis.InUse == want
		})
		if err != nil {
			t.Error(err)
		}
	}
	l := scenario.Begin(t, db, g.URLs, scenario.Age(oldest))
	inUse(true)
	l.Break(wire.Swallow)
	inUse(false)
	l.Work(lasts(8*time.Second, time.Minute))
	l.Repair(wire.Mend)
	start := time.Now()
	inUse(true)
	if took := time.Since(start); took > recovery {
		t.Errorf("Redis is used %v after the network was back", took)
	} else {
		t.Logf("Redis is used %v after the network was back", took)
	}
	l.Work(time.Second)
	l.End("Redis swallows", g.Peak(t), scenario.Bounds{Longest: mostInterference, Peak: mostMemory})
}

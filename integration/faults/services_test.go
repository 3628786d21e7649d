package faults

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/dbbackend/feed"
	"github.com/glancegate/glancegate/integration/cachetest"
	"github.com/glancegate/glancegate/integration/faults/scenario"
	"github.com/glancegate/glancegate/integration/gateways"
	"github.com/glancegate/glancegate/integration/keystonetest"
	"github.com/glancegate/glancegate/integration/netproxy"
	"github.com/glancegate/glancegate/integration/servers"
)

// Every request asks Keystone, which is away, does not answer, or answers
// something else. That is a 503, and never anybody's right.
func TestKeystoneFailsUnderLoad(t *testing.T) {
	cloud := keystonetest.New(t)
	service, token := cloud.User(t, "service"), cloud.User(t, "admin").Token(t)
	for _, dialect := range on(servers.MySQL) {
		t.Run(string(dialect), func(t *testing.T) {
			db := servers.NewDatabase(t, dialect)
			proxy, through := netproxy.New(t, cloud.URL)
			g := gateways.Start(t, "", site(db.URL, fmt.Sprintf(`identity keystone {
				auth_url %s
				username %s
				password %q
				project_name %s
				token_cache_time 0
			}`, through, service.Name, service.Password, service.ProjectName)))
			identify := scenario.Identify(func(r *http.Request) { r.Header.Set("X-Auth-Token", token) })
			for _, fault := range keystoneFaults(t, cloud, proxy) {
				t.Run(fault.name, func(t *testing.T) {
					l := scenario.Begin(t, db, g.URLs, identify)
					l.Break(fault.fail)
					time.Sleep(lasts(fault.lasts, 2*deadline))
					l.Repair(fault.repair)
					l.Work(time.Second)
					l.End("Keystone "+fault.name, g.Peak(t), scenario.Bounds{
						Failures: scenario.Unavailable, Longest: deadline + slack, Peak: mostMemory,
					})
				})
			}
		})
	}
}

type keystoneFault struct {
	name         string
	lasts        time.Duration
	fail, repair func()
}

func keystoneFaults(t *testing.T, cloud *keystonetest.Cloud, proxy *netproxy.Proxy) []keystoneFault {
	faults := []keystoneFault{
		{"down", time.Second, proxy.Down, func() { proxy.Up(t) }},
		{"hangs", deadline + time.Second, proxy.Hold, proxy.Release},
	}
	lead := func(url string) func() {
		return func() {
			proxy.Redirect(t, url)
			proxy.Break()
		}
	}
	for name, answer := range map[string]http.HandlerFunc{
		"answers pages": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Subject-Token", "x")
			fmt.Fprint(w, "<html>It works!</html>")
		},
		"answers half": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Subject-Token", "x")
			w.WriteHeader(http.StatusCreated)
			fmt.Fprint(w, `{"token": {"roles": [{"name": "admin"}], "user": {"id": 5`)
		},
		"answers without end": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Subject-Token", "x")
			fmt.Fprint(w, `{"token": {"expires_at": "`)
			for line := strings.Repeat("x", 1<<16); r.Context().Err() == nil; {
				if _, err := fmt.Fprint(w, line); err != nil {
					return
				}
			}
		},
		"fails": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusInternalServerError) },
	} {
		other := httptest.NewServer(answer)
		t.Cleanup(other.Close)
		faults = append(faults, keystoneFault{name, time.Second, lead(other.URL), lead(cloud.URL)})
	}
	return faults
}

// oldest is what docs/cache.md promises of an answer of another gateway, with a
// margin for a busy machine.
const oldest = 3 * time.Second

// Two gateways share a Redis to which everything happens. No request fails, and no
// answer is older than promised.
func TestRedisFailsUnderLoad(t *testing.T) {
	for _, dialect := range on(servers.PostgreSQL) {
		t.Run(string(dialect), func(t *testing.T) {
			db, redis := servers.NewDatabase(t, dialect), servers.StartRedis(t)
			if dialect == servers.PostgreSQL {
				if err := feed.Install(t.Context(), db.URL); err != nil {
					t.Fatal(err)
				}
			}
			var nodes []*gateways.Gateway
			var urls []string
			for range 2 {
				g := gateways.Start(t, "", site(db.URL, "cache {\nchanges\nredis "+redis.URL+
					"\nnamespace test\nkey 0123456789abcdef0123456789abcdef\n}"))
				nodes, urls = append(nodes, g), append(urls, g.URLs[0])
			}
			l := scenario.Begin(t, db, urls, scenario.Age(oldest))
			inUse := func(want bool) {
				for _, g := range nodes {
					err := g.Admin.Await("as Redis is", func(caches []cachetest.Cache) bool {
						return len(caches) == 1 && caches[0].Redis.InUse == want
					})
					if err != nil {
						t.Error(err)
					}
				}
			}
			inUse(true)
			redisFails(redis, l, inUse)
			l.End("Redis in trouble", max(nodes[0].Peak(t), nodes[1].Peak(t)), scenario.Bounds{Longest: mostInterference})
		})
	}
}

func redisFails(redis *servers.RedisServer, l *scenario.Load, inUse func(bool)) {
	length := lasts(500*time.Millisecond, 5*time.Second)
	for range lasts(1, 5) {
		for _, fault := range []struct{ fail, repair func() }{
			{redis.Kill, redis.Start}, {redis.Pause, redis.Resume},
		} {
			l.Break(fault.fail)
			inUse(false)
			l.Work(length)
			l.Repair(fault.repair)
			inUse(true)
			l.Work(length)
		}
		redis.Do("FLUSHALL")
		l.Work(length)
		redis.Kill() // and another one is there in a moment
		redis.Start()
		inUse(true)
		l.Work(length)
	}
}

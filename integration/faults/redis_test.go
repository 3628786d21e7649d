package faults

import (
	"testing"
	"time"

	"github.com/glancegate/glancegate/dbbackend/feed"
	"github.com/glancegate/glancegate/integration/cachetest"
	"github.com/glancegate/glancegate/integration/faults/scenario"
	"github.com/glancegate/glancegate/integration/gateways"
	"github.com/glancegate/glancegate/integration/servers"
)

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

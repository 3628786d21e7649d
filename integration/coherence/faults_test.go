package coherence

import (
	"context"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/glancegate/glancegate/integration/cachetest"
	"github.com/glancegate/glancegate/integration/servers"
)

// Whatever happens to Redis, no request fails, nothing is older than promised,
// and afterwards Redis is used again.
func TestRedisMayFail(t *testing.T) {
	db := servers.NewDatabase(t, servers.MySQL)
	server := servers.StartRedis(t)
	l, admin := start(t, db, "changes\nredis "+server.URL)
	options, err := redis.ParseURL(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(options)
	defer client.Close()
	command := func(args ...any) {
		if err := client.Do(context.Background(), args...).Err(); err != nil {
			t.Errorf("%v: %v", args, err)
		}
	}
	steps := []struct {
		name   string
		breaks bool // Redis is not used meanwhile
		do     func()
		undo   func()
	}{
		{"killed", true, server.Kill, server.Start},
		{"paused", true, server.Pause, server.Resume},
		{"flushed", false, func() { command("FLUSHALL") }, func() {}},
		{"replaced by an empty one", false, func() { server.Kill(); server.Start() }, func() {}},
		{"read-only", true, func() { command("REPLICAOF", "127.0.0.1", "1") }, func() { command("REPLICAOF", "NO", "ONE") }},
		{"full", false, func() { command("CONFIG", "SET", "maxmemory", "1") }, func() { command("CONFIG", "SET", "maxmemory", "0") }},
	}
	pause := *length / time.Duration(2*len(steps))
	l.run(*length, func() {
		for _, s := range steps {
			t.Logf("Redis is %s", s.name)
			s.do()
			if s.breaks {
				l.await(admin, "without Redis", func(c cachetest.Cache) bool { return !c.Redis.InUse })
			}
			time.Sleep(pause)
			s.undo()
			l.await(admin, "with Redis", func(c cachetest.Cache) bool { return c.Redis.InUse })
			time.Sleep(pause)
		}
	})
	l.check()
}

// When the database stops reporting its changes, gateways notice, serve without
// cache, and come back.
func TestFeedMayFail(t *testing.T) {
	db := servers.NewDatabase(t, servers.PostgreSQL)
	l, admin := start(t, db, "changes")
	const trigger = "TRIGGER glance_registry_changes"
	l.run(*length, func() {
		if _, err := db.DB.Exec("ALTER TABLE images DISABLE " + trigger); err != nil {
			t.Fatal(err)
		}
		l.await(admin, "without cache", func(c cachetest.Cache) bool { return !c.Serving && c.Reason != "" })
		if _, err := db.DB.Exec("ALTER TABLE images ENABLE ALWAYS " + trigger); err != nil {
			t.Fatal(err)
		}
		l.await(admin, "with cache", func(c cachetest.Cache) bool { return c.Serving })
	})
	l.check()
}

func (l *load) await(admin cachetest.Admin, what string, good func(cachetest.Cache) bool) {
	l.t.Helper()
	err := admin.Await(what, func(caches []cachetest.Cache) bool {
		for _, c := range caches {
			if !good(c) {
				return false
			}
		}
		return true
	})
	if err != nil {
		l.t.Error(err)
	}
}

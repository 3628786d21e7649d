package keystone

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/glancegate/glancegate/integration"
	"github.com/glancegate/glancegate/integration/keystonetest"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/netproxy"
	"github.com/glancegate/glancegate/integration/servers"
)

// twoGateways are gateways that have nothing in common but a Redis.
func twoGateways(t testing.TB, cloud *keystonetest.Cloud, keystoneURL, redisURL, firstKey, secondKey string) (first, second *gateway) {
	t.Helper()
	first = &gateway{t: t, cloud: cloud, user: cloud.User(t, "service")}
	second = &gateway{t: t, cloud: cloud, user: cloud.User(t, "service")}
	sites := integration.StartSites(t, "",
		first.site(keystoneURL, "redis "+redisURL+" {\nkey "+firstKey+"\n}"),
		second.site(keystoneURL, "redis "+redisURL+" {\nkey "+secondKey+"\n}"))
	first.url, second.url = sites[0], sites[1]
	return first, second
}

func redisClient(t testing.TB, url string) *redis.Client {
	t.Helper()
	o, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	c := redis.NewClient(o)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

const redisKey = "0123456789abcdef"

// The gateways share what they learn. Redis holds it encrypted only.
func TestSharedTokens(t *testing.T) {
	cloud := keystonetest.New(t)
	front := newFront(t, cloud)
	redisURL := servers.NewRedis(t)
	first, second := twoGateways(t, cloud, front.url, redisURL, redisKey, redisKey)
	user, stored := cloud.User(t, "member"), redisClient(t, redisURL)
	var token string
	attempts := 0
	// Requests hardly wait for Redis: on a machine that has other things to do they may go
	// without it.
	kit.Wait(t, "shared", func() bool {
		if err := stored.FlushAll(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		attempts++
		_, before := front.seen()
		token = user.Token(t)
		first.get(token).expect(t, "first", 200)
		second.get(token).expect(t, "second", 200)
		logins, validations := front.seen()
		if attempts == 1 && validations == 1 && logins != 1 {
			t.Errorf("%d logins for one validation", logins)
		}
		return validations-before == 1
	})
	t.Logf("%d attempts", attempts)

	keys, err := stored.Keys(t.Context(), "*").Result()
	if err != nil || len(keys) != 1 {
		t.Fatalf("keys %q, %v", keys, err)
	}
	value, err := stored.Get(t.Context(), keys[0]).Result()
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{token, token[:20], user.ID, user.Project, user.Name, "member"} {
		if strings.Contains(keys[0], secret) || strings.Contains(value, secret) {
			t.Errorf("%q is in Redis", secret)
		}
	}
	if ttl, err := stored.TTL(t.Context(), keys[0]).Result(); err != nil || ttl <= 0 || ttl > 300*time.Second {
		t.Errorf("kept for %v, %v", ttl, err)
	}

	// A value under another name, or a changed one, counts for nothing.
	other := cloud.User(t, "member").Token(t)
	first.get(other).expect(t, "another token", 200)
	keys, _ = stored.Keys(t.Context(), "*").Result()
	for _, key := range keys {
		if err := stored.Set(t.Context(), key, value, time.Minute).Err(); err != nil {
			t.Fatal(err)
		}
	}
	a := second.send(http.MethodPost, "/images", `{"image": {"status": "queued"}}`, "X-Auth-Token: "+other).expect(t, "a value of somebody else", 200)
	if a.owner(t) == user.Project {
		t.Error("one user was taken for the other")
	}
}

// Gateways with different keys know nothing of each other.
func TestSharedTokensNeedTheKey(t *testing.T) {
	cloud := keystonetest.New(t)
	front := newFront(t, cloud)
	first, second := twoGateways(t, cloud, front.url, servers.NewRedis(t), redisKey, "another-"+redisKey)
	token := cloud.User(t, "member").Token(t)
	first.get(token).expect(t, "first", 200)
	second.get(token).expect(t, "second", 200)
	if _, validations := front.seen(); validations != 2 {
		t.Errorf("%d validations, want 2", validations)
	}
}

// No request fails because Redis is down or hangs.
func TestSharedTokensWithoutRedis(t *testing.T) {
	cloud := keystonetest.New(t)
	proxy, redisURL := netproxy.New(t, servers.NewRedis(t))
	first, second := twoGateways(t, cloud, cloud.URL, redisURL, redisKey, redisKey)
	user := cloud.User(t, "member")
	first.get(user.Token(t)).expect(t, "before", 200)
	proxy.Hold()
	first.get(user.Token(t)).expect(t, "hanging", 200)
	proxy.Release()
	proxy.Down()
	second.get(user.Token(t)).expect(t, "down", 200)
	proxy.Up(t)

	// In the end it is used again.
	stored := redisClient(t, redisURL)
	before := stored.DBSize(t.Context()).Val()
	used := func() bool {
		first.get(user.Token(t)).expect(t, "after", 200)
		return stored.DBSize(t.Context()).Val() != before
	}
	if !kit.PollEvery(100*time.Millisecond, time.Minute, used) {
		t.Fatal("Redis is not used any more")
	}
}

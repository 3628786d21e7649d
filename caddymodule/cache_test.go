package caddymodule

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/caddymodule/internal/caches"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/netproxy"
	"github.com/glancegate/glancegate/integration/servers"
)

// cachedNode is a registry with a cache, and with Redis in the place of $REDIS.
const cachedNode = `{
	metrics
}
http://$ADDR {
	log
	metrics /metrics
	log_append by_placeholder {http.glance_registry.cache}
	glance_registry {
		database sqlite:///$DB
		demo
		cache {
			ttl 1h
			debug_header
			$REDIS
		}
	}
}
`

// demoImagePath is the path of one of the demo images.
func (s *site) demoImagePath() string {
	s.t.Helper()
	_, body := s.do("GET", "/images?limit=1", asAdmin...)
	var list struct{ Images []struct{ ID string } }
	if err := json.Unmarshal([]byte(body), &list); err != nil || len(list.Images) != 1 {
		s.t.Fatalf("%v: %s", err, body)
	}
	return "/images/" + list.Images[0].ID
}

// outcome requests a path and returns what the debug header says.
func (s *site) outcome(path string) string {
	s.t.Helper()
	res, _ := s.do("GET", path, asAdmin...)
	return res.Header.Get(cacheHeader)
}

func withoutRedis(caddyfile string) string { return strings.Replace(caddyfile, "$REDIS", "", 1) }

func TestWhereAnAnswerCameFrom(t *testing.T) {
	s := start(t, withoutRedis(cachedNode))
	path := s.demoImagePath()
	for n, c := range []struct{ path, want string }{
		{path, "hit"}, // of the page before
		{"/images/nothing-of-this-name", "miss"},
		{"/images/nothing-of-this-name", "negative"},
		{"/images/Nothing", "bypass"},
		{"/images/detail", "miss"},
		{"/images/detail", "hit"},
		{"/healthcheck", ""},
	} {
		if got := s.outcome(c.path); got != c.want {
			t.Errorf("%d, %s: %q, want %q", n, c.path, got, c.want)
		}
		s.logLines("handled request", n+2) // so that the lines are in this order
	}
	lines := s.logLines("handled request", 8)
	if len(lines) != 8 || lines[1]["glance_cache"] != "hit" || lines[1]["by_placeholder"] != "hit" || lines[7]["glance_cache"] != nil {
		t.Errorf("logged %v", lines)
	}
	_, scrape := s.do("GET", "/metrics")
	for _, want := range []string{
		`glance_registry_cache_lookups_total{outcome="negative"}`,
		`glance_registry_cache_invalidations_total{source="feed"}`,
		`glance_registry_cache_evictions_total`,
		`glance_registry_cache_bytes{database="sqlite:///`,
		`glance_registry_cache_serving{database="sqlite:///`,
	} {
		if !strings.Contains(scrape, want) {
			t.Errorf("no %s", want)
		}
	}
	for _, unwanted := range []string{"glance_registry_cache_redis_up", "glance_registry_cache_feed_lag_seconds"} {
		if strings.Contains(scrape, unwanted) {
			t.Errorf("%s is shown, but there is none", unwanted)
		}
	}
}

func TestTheDebugHeaderIsForThoseWhoAsk(t *testing.T) {
	s := start(t, withoutRedis(strings.Replace(cachedNode, "debug_header", "", 1)))
	if got := s.outcome("/images"); got != "" {
		t.Errorf("got %q", got)
	}
	s.load(registryNode)
	if got := s.outcome("/images"); got != "" {
		t.Errorf("got %q", got)
	}
}

// A reload keeps the cache where its settings, those of the database and of
// nothing else, are the same.
func TestAReloadKeepsTheCache(t *testing.T) {
	config := withoutRedis(cachedNode)
	s := start(t, config)
	path := s.demoImagePath()
	for _, c := range []struct{ name, config, want string }{
		{"nothing changes", config, "hit"},
		{"another setting", strings.Replace(config, "demo", "demo\nharden", 1), "hit"},
		{"another ttl", strings.Replace(config, "1h", "2h", 1), "miss"},
		{"another size", strings.Replace(config, "1h", "2h\nsize 2MiB", 1), "miss"},
		{"no cache", strings.Replace(registryNode, "demo", "demo\ncache off", 1), ""},
		{"a cache again", config, "miss"},
	} {
		s.load(c.config + "# " + c.name + "\n")
		if got := s.outcome(path); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	s.load(strings.Replace(config, "1h", "1h\nchanges", 1))
	// The cache is passed by until its feed is up, which may be at once.
	if got := s.outcome(path); got != "miss" && got != "bypass" {
		t.Errorf("changes: %q, want an answer of the database", got)
	}
	kit.Wait(t, "followed", func() bool { return s.outcome(path) == "hit" })
	s.load(registryNode)
	if n := caches.InUse(); n > 0 {
		t.Errorf("%d caches are still in use", n)
	}
}

// severalSites are handlers for one database: without a cache and with two
// different ones. The header X-Site chooses.
const severalSites = `http://$ADDR {
	@plain header X-Site plain
	handle @plain {
		glance_registry {
			database sqlite:///$DB
			demo
			cache off
		}
	}
	@short header X-Site short
	handle @short {
		glance_registry {
			demo
			database sqlite:///$DB {
				max_connections 3
			}
			cache {
				ttl 30m
				debug_header
			}
		}
	}
	handle {
		glance_registry {
			database sqlite:///$DB
			demo
			cache {
				ttl 1h
				debug_header
			}
		}
	}
}
`

// What is written through one site of a gateway is seen through all, whatever
// their caches.
func TestWritesOfOtherSitesAreSeen(t *testing.T) {
	s := start(t, severalSites)
	path := s.demoImagePath()
	sites := []string{"plain", "short", "long"}
	for _, writer := range sites {
		for _, reader := range sites {
			s.do("GET", path, append(asAdmin, "X-Site: "+reader)...)
			res, body := s.do("GET", path, append(asAdmin, "X-Site: "+reader)...)
			if got := res.Header.Get(cacheHeader); reader != "plain" && got != "hit" {
				t.Errorf("%s: %q before the write: %s", reader, got, body)
			}
		}
		name := "written through " + writer
		r := s.request("PUT", path, strings.NewReader(`{"image": {"name": "`+name+`"}}`),
			append(asAdmin, "X-Site: "+writer, "Content-Type: application/json")...)
		if res, body := s.send(r); res.StatusCode != 200 {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
		for _, reader := range sites {
			for _, path := range []string{path, "/images/detail"} {
				if _, body := s.do("GET", path, append(asAdmin, "X-Site: "+reader)...); !strings.Contains(body, name) {
					t.Errorf("%s at %s does not show what was %s", path, reader, name)
				}
			}
		}
	}
}

// adminAnswer asks the admin API.
func adminAnswer(t *testing.T, method, path string) (*httptest.ResponseRecorder, error) {
	t.Helper()
	w := httptest.NewRecorder()
	for _, route := range new(adminAPI).Routes() {
		if route.Pattern == path || strings.HasSuffix(route.Pattern, "/") && strings.HasPrefix(path, route.Pattern) {
			return w, route.Handler.ServeHTTP(w, httptest.NewRequest(method, path, nil))
		}
	}
	t.Fatalf("no route for %s", path)
	return nil, nil
}

func TestAdminCache(t *testing.T) {
	s := start(t, strings.Replace(cachedNode, "$REDIS", "redis "+servers.NewRedis(t), 1))
	path := s.demoImagePath()
	kit.Wait(t, "connected to Redis", func() bool {
		states := cacheStates()
		return len(states) == 1 && states[0].Redis != nil && states[0].Redis.InUse
	})
	w, err := adminAnswer(t, "GET", "/glance_registry/cache")
	if err != nil || !strings.Contains(w.Body.String(), `"serving":true`) || !strings.Contains(w.Body.String(), `"url":"redis://127.0.0.1:`) {
		t.Errorf("%v: %s", err, w.Body)
	}
	w, err = adminAnswer(t, "GET", "/glance_registry/health")
	if err != nil || !strings.Contains(w.Body.String(), `"caches":[{"database":"sqlite`) {
		t.Errorf("%v: %s", err, w.Body)
	}
	for _, purge := range []string{"/glance_registry/cache/images" + strings.TrimPrefix(path, "/images"), "/glance_registry/cache"} {
		kit.Wait(t, "kept", func() bool { return s.outcome(path) == "hit" })
		if w, err := adminAnswer(t, "DELETE", purge); err != nil || w.Code != 204 {
			t.Errorf("DELETE %s: %d, %v", purge, w.Code, err)
		}
		if got := s.outcome(path); got != "miss" && got != "bypass" {
			t.Errorf("after DELETE %s: %q", purge, got)
		}
	}
	for _, c := range [][2]string{{"POST", "/glance_registry/cache"}, {"POST", "/glance_registry/cache/images/x"}, {"GET", "/glance_registry/cache/images/"}, {"POST", "/glance_registry/cache/public_reads"}, {"DELETE", "/glance_registry/cache/images/"}} {
		if _, err := adminAnswer(t, c[0], c[1]); err == nil {
			t.Errorf("%s %s is taken", c[0], c[1])
		}
	}
}

// Gateways that follow the changes take no values of those that don't.
func TestWhoSharesInRedis(t *testing.T) {
	prefix := func(change func(*Cache)) string {
		t.Helper()
		c := &Cache{Redis: "redis://127.0.0.1/0", Key: "0123456789abcdef0123456789abcdef"}
		change(c)
		config, err := c.config("mysql://u@h/g")
		if err != nil {
			t.Fatal(err)
		}
		tier, err := config.Shared()
		if err != nil {
			t.Fatal(err)
		}
		return tier.Prefix
	}
	plain := prefix(func(*Cache) {})
	if other := prefix(func(c *Cache) { c.TTL, c.Size = 1, 2<<20 }); other != plain {
		t.Errorf("ttl and size part gateways: %s, %s", plain, other)
	}
	for name, change := range map[string]func(*Cache){
		"changes":   func(c *Cache) { c.Changes = new(Changes) },
		"key":       func(c *Cache) { c.Key = "another" + c.Key },
		"namespace": func(c *Cache) { c.Namespace = "another" },
	} {
		if other := prefix(change); other == plain {
			t.Errorf("gateways with another %s share %s", name, plain)
		}
	}
}

// Validating a configuration opens no connection.
func TestValidatingConnectsToNoRedis(t *testing.T) {
	proxy, url := netproxy.New(t, servers.NewRedis(t))
	config := strings.Replace(cachedNode, "$REDIS", "redis "+url, 1)
	if err := validate(t, withOptions("", strings.NewReplacer("$ADDR", "127.0.0.1:1", "$DB", t.TempDir()+"/x.sqlite").Replace(config))); err != nil {
		t.Fatal(err)
	}
	if trips := proxy.RoundTrips(); trips > 0 {
		t.Errorf("%d round trips", trips)
	}
}

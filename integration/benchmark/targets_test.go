package benchmark

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/dbbackend/feed"
	"github.com/glancegate/glancegate/integration/gateways"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/servers"
)

// The programs that take part, by the names that the tables have. Each runs in a
// process of its own, except for sql, which is the load generator itself.
const (
	cachedTarget   = "cached"    // the gateway with a cache that follows the database
	loggedTarget   = "logged"    // the same with an access log, into a file
	oneCoreTarget  = "one core"  // the same with GOMAXPROCS=1
	redisTarget    = "redis"     // the same, but nine of ten answers come from Redis, as there is no room in the process
	uncachedTarget = "uncached"  // the gateway without a cache
	respondTarget  = "respond"   // Caddy's handler of that name with an answer of the same length
	nginxTarget    = "nginx"     // nginx proxy_cache in front of the gateway without a cache; it asks for no identity
	sqlTarget      = "bare SQL"  // the statements of the gateway without a cache, through the same driver
	peerTarget     = "peer"      // another registry, as PEER names it
	closingTarget  = " (closed)" // with a connection for each request
)

// target is a program that takes requests.
type target struct {
	url     string
	gateway *gateways.Gateway // nil: it is another program
	outcome string            // of nearly all look-ups of the gateway, where it has a cache
}

// startTargets starts all programs but respond, which needs an answer first.
func startTargets(b *testing.B, db *servers.Database) map[string]target {
	b.Helper()
	following := func(g *gateways.Gateway, outcome string) target { return target{g.URLs[0], g, outcome} }
	uncached := gateways.Start(b, options, registrySite(db, "")).URLs[0]
	log := fmt.Sprintf("\nlog {\noutput file `%s`\n}", filepath.Join(b.TempDir(), "access.log"))
	redis := "\nredis " + servers.NewRedis(b) + "\nnamespace benchmark\nkey 0123456789abcdef0123456789abcdef"
	return map[string]target{
		cachedTarget:   following(startCached(b, db, "size 256MiB", ""), "hit"),
		loggedTarget:   following(startCached(b, db, "size 256MiB", log), "hit"),
		oneCoreTarget:  following(startOnOneCore(b, db), "hit"),
		redisTarget:    following(startCached(b, db, "size 1MiB"+redis, ""), "shared"),
		uncachedTarget: {url: uncached},
		nginxTarget:    {url: startNginx(b, uncached)},
		peerTarget:     {url: *peer},
	}
}

// lookups are the counters of the target's cache by outcome, if it has one.
func (t target) lookups(b *testing.B) map[string]float64 {
	b.Helper()
	if t.outcome == "" {
		return nil
	}
	return lookups(b, t.gateway)
}

// check sees that the answers came from where the table says: else a rate says nothing.
func (t target) check(b *testing.B, name string, before map[string]float64, last request) {
	b.Helper()
	if t.outcome != "" {
		if share := shareSince(t.outcome, before, lookups(b, t.gateway)); share < 0.85 || share < 0.99 && t.outcome == "hit" {
			b.Errorf("%s: only %.2f of the answers are a %s", name, share, t.outcome)
		}
	}
	if name == nginxTarget {
		res, err := http.DefaultClient.Do(last.http(b, t.url))
		if err != nil {
			b.Fatal(err)
		}
		_ = res.Body.Close()
		if from := res.Header.Get(nginxOutcome); from != "HIT" {
			b.Errorf("%s: the answer is a %s", name, from)
		}
	}
}

// options are the global options of all sites.
const options = "servers {\nprotocols h1\n}"

// registrySite is a site with the gateway, with further directives.
func registrySite(db *servers.Database, directives string) string {
	return fmt.Sprintf("glance_registry {\ndatabase `%s`\nidentity trusted\n%s\n}", db.URL, directives)
}

// startCached starts a gateway with a cache that follows the database, and waits
// until it is in use. environment are variables such as GOMAXPROCS=1.
func startCached(b *testing.B, db *servers.Database, settings, log string, environment ...string) *gateways.Gateway {
	b.Helper()
	if db.Dialect == servers.PostgreSQL {
		if err := feed.Install(b.Context(), db.URL); err != nil {
			b.Fatal(err)
		}
	}
	g := gateways.StartWith(b, environment, options, registrySite(db, "cache {\nchanges\n"+settings+"\n}")+log)
	// What a cache needs is connected with the first request.
	answered(b, kit.Request{Method: http.MethodGet, URL: g.URLs[0] + "/images?limit=1", Header: kit.Trusted(project(0), "admin")})
	kit.Wait(b, "the cache is in use", func() bool {
		caches, err := g.Admin.Caches()
		return err == nil && len(caches) == 1 && caches[0].Serving && (caches[0].Redis == nil || caches[0].Redis.InUse)
	})
	return g
}

// startOnOneCore starts a gateway that uses one core, and sees that it does.
func startOnOneCore(b *testing.B, db *servers.Database) *gateways.Gateway {
	b.Helper()
	g := startCached(b, db, "size 256MiB", "", "GOMAXPROCS=1")
	metrics := answered(b, kit.Request{Method: http.MethodGet, URL: string(g.Admin) + "/metrics"})
	if want := "\ngo_sched_gomaxprocs_threads 1\n"; !strings.Contains(string(metrics), want) {
		b.Fatalf("the gateway does not use one core:\n%s", metrics)
	}
	return g
}

// nginxOutcome is the header in which nginx says where an answer came from.
const nginxOutcome = "X-Cache-Status"

// startNginx starts nginx in front of a site. It keeps answers by address and the
// headers that tell identity.
func startNginx(b *testing.B, upstream string) (url string) {
	b.Helper()
	return servers.NewNginx(b, upstream, `proxy_cache_key "$request_uri $http_x_tenant_id $http_x_roles"; proxy_cache_valid 200 1h;
		add_header `+nginxOutcome+` $upstream_cache_status;`)
}

// bareSQL sends the statements of requests over the connections of a load.
func bareSQL(b *testing.B, db *servers.Database, scripts []script) func(time.Duration) (load, error) {
	b.Helper()
	run := newReplay(b, db)
	return func(length time.Duration) (load, error) {
		ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
		defer cancel()
		start := time.Now()
		done, err := until(start.Add(length), connectionsOfLoad, func(n int) error { return run(ctx, scripts[n%len(scripts)]) })
		return load{Requests: float64(done), Seconds: time.Since(start).Seconds()}, err
	}
}

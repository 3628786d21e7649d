package benchmark

import (
	"context"
	"fmt"
	"net/http"
	"os"
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

// options are the global options of all sites.
const options = "servers {\nprotocols h1\n}"

// registrySite is a site with the gateway, with further directives.
func registrySite(db *servers.Database, directives string) string {
	return fmt.Sprintf("glance_registry {\ndatabase `%s`\nidentity trusted\n%s\n}", db.URL, directives)
}

// startCached starts a gateway with a cache that follows the database, and waits
// until it is in use.
func startCached(b *testing.B, db *servers.Database, settings, log string) *gateways.Gateway {
	b.Helper()
	if db.Dialect == servers.PostgreSQL {
		if err := feed.Install(b.Context(), db.URL); err != nil {
			b.Fatal(err)
		}
	}
	g := gateways.Start(b, options, registrySite(db, "cache {\nchanges\n"+settings+"\n}")+log)
	// What a cache needs is connected with the first request.
	touch := kit.Request{Method: http.MethodGet, URL: g.URLs[0] + "/images?limit=1", Header: kit.Trusted(project(0), "admin")}
	if _, err := touch.Send(b.Context()); err != nil {
		b.Fatal(err)
	}
	kit.Wait(b, "the cache is in use", func() bool {
		caches, err := g.Admin.Caches()
		return err == nil && len(caches) == 1 && caches[0].Serving && (caches[0].Redis == nil || caches[0].Redis.InUse)
	})
	return g
}

// startOnOneCore starts a gateway that uses one core.
func startOnOneCore(b *testing.B, db *servers.Database) *gateways.Gateway {
	b.Helper()
	const variable = "GOMAXPROCS"
	before, set := os.LookupEnv(variable)
	_ = os.Setenv(variable, "1")
	defer func() {
		if set {
			_ = os.Setenv(variable, before)
		} else {
			_ = os.Unsetenv(variable)
		}
	}()
	return startCached(b, db, "size 256MiB", "")
}

// startNginx starts nginx in front of a site. It keeps answers by address and the
// headers that tell identity.
func startNginx(b *testing.B, upstream string) (url string) {
	b.Helper()
	return servers.NewNginx(b, upstream, `proxy_cache_key "$request_uri $http_x_tenant_id $http_x_roles"; proxy_cache_valid 200 1h;`)
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

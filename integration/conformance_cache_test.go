package integration

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/glancegate/glancegate/integration/cachetest"
	"github.com/glancegate/glancegate/integration/conformance"
	"github.com/glancegate/glancegate/integration/servers"
)

// TestConformanceCached replays all recorded requests against gateways that keep
// answers for an hour, so that whatever a change does not drop is seen: one that
// has a cache of its own, one with Redis, and two that share a Redis and take
// turns.
func TestConformanceCached(t *testing.T) {
	cases, err := conformance.Load(func(*conformance.Case) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	known, err := conformance.LoadDeviations()
	if err != nil {
		t.Fatal(err)
	}
	for _, mode := range []struct {
		name  string
		nodes int
		redis bool
	}{{"local", 1, false}, {"redis", 1, true}, {"nodes", 2, true}} {
		t.Run(mode.name, func(t *testing.T) {
			for _, dialect := range servers.Dialects {
				t.Run(string(dialect), func(t *testing.T) {
					db := servers.NewDatabase(t, dialect)
					redis := ""
					if mode.redis {
						redis = "redis " + servers.NewRedis(t)
					}
					urls, admin := startCached(t, db, mode.nodes, "ttl 1h\n"+redis)
					conformance.Run(t, conformance.Target{BaseURLs: urls, DB: db}, cases, conformance.Options{
						Known:   known,
						Loaded:  func() error { return purged(admin) },
						Written: func() error { return admin.Await("settled", cachetest.Settled) },
					})
				})
			}
		})
	}
}

// startCached runs gateways on a database, each with a cache of its own, and
// waits until all are in use.
func startCached(t *testing.T, db *servers.Database, nodes int, settings string) ([]string, cachetest.Admin) {
	t.Helper()
	address := freeAddress(t)
	var sites []string
	for n := range nodes {
		// Gateways with the same settings would share one cache.
		sites = append(sites, fmt.Sprintf("glance_registry {\ndatabase `%s`\nidentity trusted\ncompatible_with train\n"+
			"cache {\nsize %dMiB\n%s\n}\n}", db.URL, 32+n, settings))
	}
	urls := StartSites(t, "admin "+address, sites...)
	for _, url := range urls { // what a cache needs is connected with the first request
		touch(t, url)
	}
	admin := cachetest.Admin("http://" + address)
	if err := admin.Await("ready", cachetest.Ready(nodes)); err != nil {
		t.Fatal(err)
	}
	return urls, admin
}

// touch sends a request that needs the database.
func touch(t *testing.T, url string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, url+"/images?limit=1", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Identity-Status", "Confirmed")
	r.Header.Set("X-Roles", "admin")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatalf("GET /images?limit=1: %s", res.Status)
	}
}

// purged empties all caches and waits until they are in use again.
func purged(admin cachetest.Admin) error {
	if err := admin.Purge(); err != nil {
		return err
	}
	return admin.Await("settled", cachetest.Settled)
}

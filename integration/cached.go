package integration

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/cachetest"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/servers"
)

// StartCached runs gateways on a database, each with a cache of its own with
// these settings, and waits until all caches are in use. Where the changes of
// PostgreSQL are to be followed, they have to be installed before.
func StartCached(t testing.TB, db *servers.Database, nodes int, settings string) (baseURLs []string, admin cachetest.Admin) {
	t.Helper()
	var gateways []Cached
	for n := range nodes {
		gateways = append(gateways, Cached{NodeURL(db.URL, n), settings})
	}
	return StartEachCached(t, gateways...)
}

// Cached is a gateway with a cache.
type Cached struct {
	Database string // URL
	Settings string // of the cache
}

// StartEachCached runs gateways with different settings, and waits until all
// caches are in use.
func StartEachCached(t testing.TB, gateways ...Cached) (baseURLs []string, admin cachetest.Admin) {
	t.Helper()
	address := kit.FreeAddress(t)
	var sites []string
	for _, g := range gateways {
		if strings.Contains(g.Settings, "redis ") {
			g.Settings += "\nnamespace test\nkey 0123456789abcdef0123456789abcdef"
		}
		sites = append(sites, fmt.Sprintf("glance_registry {\ndatabase `%s`\nidentity trusted\ncompatible_with train\n"+
			"cache {\n%s\n}\n}", g.Database, g.Settings))
	}
	baseURLs = StartSites(t, "admin "+address, sites...)
	for _, url := range baseURLs { // what a cache needs is connected with the first request
		touch(t, url)
	}
	admin = cachetest.Admin("http://" + address)
	if err := admin.Await("ready", cachetest.Ready(len(gateways))); err != nil {
		t.Fatal(err)
	}
	return baseURLs, admin
}

// NodeURL is another name of a database for the second of two gateways, which are
// in one process here: those that know that they have one database share their
// cache, or tell each other what they write without Redis and feeds.
func NodeURL(url string, node int) string {
	if node == 0 {
		return url
	}
	return strings.NewReplacer("127.0.0.1", "localhost", "sqlite:////", "sqlite:////./").Replace(url)
}

// touch sends a request that needs the database.
func touch(t testing.TB, baseURL string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, baseURL+"/rpc", strings.NewReader(`[{"command": "image_get_all", "kwargs": {"limit": 1}}]`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Identity-Status", "Confirmed")
	r.Header.Set("X-Roles", "admin")
	r.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatalf("POST /rpc: %s", res.Status)
	}
}

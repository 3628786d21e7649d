// Package integration tests the gateway as it is deployed: inside Caddy, in
// front of real database servers.
package integration

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig"
	_ "github.com/caddyserver/caddy/v2/caddyconfig/httpcaddyfile" // the adapter "caddyfile"
	_ "github.com/caddyserver/caddy/v2/modules/standard"          // the rest of the sites' grammar

	_ "github.com/glancegate/glancegate" // under test
	"github.com/glancegate/glancegate/integration/cachetest"
	"github.com/glancegate/glancegate/integration/caddykit"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/servers"
)

// running is held while a gateway runs: a process has one Caddy.
var running sync.Mutex

// StartGateway runs Caddy with one site, whose block holds the given directives,
// until the end of the test. It returns the site's base URL, without a slash at
// its end.
func StartGateway(t testing.TB, directives string) (baseURL string) {
	t.Helper()
	return StartSites(t, "", directives)[0]
}

// StartSites runs Caddy with several sites, each on a port of its own, and with
// further global options; Caddy's admin API is on where they begin with it. It
// returns the base URLs in the order of the sites. A
// test can run one Caddy at a time.
func StartSites(t testing.TB, options string, sites ...string) (baseURLs []string) {
	t.Helper()
	var text strings.Builder
	if !strings.HasPrefix(options, "admin ") {
		options = "admin off\n" + options
	}
	fmt.Fprintf(&text, "{\nauto_https off\npersist_config off\nlog {\nlevel WARN\n}\n%s\n}\n", options)
	for _, directives := range sites {
		baseURL := "http://" + kit.FreeAddress(t)
		baseURLs = append(baseURLs, baseURL)
		fmt.Fprintf(&text, "%s {\n%s\n}\n", baseURL, directives)
	}
	run(t, caddykit.Adapt(t, text.String()))
	return baseURLs
}

// StartFile runs Caddy with a configuration file that an adapter knows, until the
// end of the test. It has neither an admin API nor a memory.
func StartFile(t testing.TB, adapter, path string) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	adapted, _, err := caddyconfig.GetAdapter(adapter).Adapt(content, map[string]any{"filename": path})
	if err != nil {
		t.Fatal(err)
	}
	var config map[string]any
	if err := json.Unmarshal(adapted, &config); err != nil {
		t.Fatal(err)
	}
	config["admin"] = map[string]any{"disabled": true, "config": map[string]any{"persist": false}}
	if adapted, err = json.Marshal(config); err != nil {
		t.Fatal(err)
	}
	run(t, adapted)
}

// run runs Caddy until the end of the test.
func run(t testing.TB, config []byte) {
	t.Helper()
	if !running.TryLock() {
		t.Fatal("a gateway is running already")
	}
	t.Cleanup(running.Unlock)
	if err := caddy.Load(config, true); err != nil {
		t.Fatalf("%v\n%s", err, config)
	}
	t.Cleanup(func() {
		if err := caddy.Stop(); err != nil {
			t.Errorf("stop Caddy: %v", err)
		}
	})
}

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
	a, err := kit.Request{
		Method: http.MethodPost, URL: baseURL + "/rpc", Header: kit.Trusted("p", "admin"),
		Body: `[{"command": "image_get_all", "kwargs": {"limit": 1}}]`,
	}.Send(t.Context())
	if err != nil || a.StatusCode != http.StatusOK {
		t.Fatalf("POST /rpc: %v, %v", a, err)
	}
}

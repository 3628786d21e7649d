// Package integration tests the gateway as it is deployed: inside Caddy, in
// front of real database servers.
package integration

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig"
	_ "github.com/caddyserver/caddy/v2/caddyconfig/httpcaddyfile" // the adapter "caddyfile"
	_ "github.com/caddyserver/caddy/v2/modules/standard"          // the rest of the sites' grammar

	_ "github.com/glancegate/glancegate" // under test
	"github.com/glancegate/glancegate/integration/caddykit"
	"github.com/glancegate/glancegate/integration/kit"
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
	if !running.TryLock() {
		t.Fatal("a gateway is running already")
	}
	t.Cleanup(running.Unlock)
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
	if err := caddy.Load(caddykit.Adapt(t, text.String()), true); err != nil {
		t.Fatalf("%v\n%s", err, &text)
	}
	t.Cleanup(func() {
		if err := caddy.Stop(); err != nil {
			t.Errorf("stop Caddy: %v", err)
		}
	})
	return baseURLs
}

// StartFile runs Caddy with a configuration file that an adapter knows, until the
// end of the test. It has neither an admin API nor a memory.
func StartFile(t testing.TB, adapter, path string) {
	t.Helper()
	if !running.TryLock() {
		t.Fatal("a gateway is running already")
	}
	t.Cleanup(running.Unlock)
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
	if err := caddy.Load(adapted, true); err != nil {
		t.Fatalf("%v\n%s", err, adapted)
	}
	t.Cleanup(func() {
		if err := caddy.Stop(); err != nil {
			t.Errorf("stop Caddy: %v", err)
		}
	})
}

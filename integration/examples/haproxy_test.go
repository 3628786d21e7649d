package examples

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/gateways"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/servers"
)

// Requests through HAProxy succeed while one gateway after the other is taken out by
// its healthcheck_file, and after one has ended.
func TestHAProxy(t *testing.T) {
	folder := t.TempDir()
	var nodes []*gateways.Gateway
	for _, name := range []string{"1", "2"} {
		nodes = append(nodes, gateways.Start(t, "servers {\nmax_header_size 128KiB\n}", `glance_registry {
			database sqlite:///`+folder+`/demo.sqlite
			demo
			identity trusted
			healthcheck_file `+filepath.Join(folder, name)+`
		}
		header Gateway `+name))
	}
	address := kit.FreeAddress(t)
	config := strings.NewReplacer("10.20.0.10:9191", address, "inter 1s", "inter 100ms",
		"registry.example.com", "127.0.0.1", // the sites of the test have a name
		"10.20.0.11:9191", strings.TrimPrefix(nodes[0].URLs[0], "http://"),
		"10.20.0.12:9191", strings.TrimPrefix(nodes[1].URLs[0], "http://")).Replace(read(t, "haproxy/haproxy.cfg"))
	servers.StartHAProxy(t, config, address)

	served := func() string {
		t.Helper()
		return ask(t, address)
	}
	onlyFrom := func(name string) {
		t.Helper()
		kit.Wait(t, "all requests at gateway "+name, func() bool {
			for range 6 {
				if served() != name {
					time.Sleep(50 * time.Millisecond)
					return false
				}
			}
			return true
		})
	}
	both := func() {
		t.Helper()
		seen := map[string]bool{}
		kit.Wait(t, "requests at both gateways", func() bool { seen[served()] = true; return seen["1"] && seen["2"] })
	}
	both()
	for _, name := range []string{"1", "2"} {
		file := filepath.Join(folder, name)
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		onlyFrom(map[string]string{"1": "2", "2": "1"}[name])
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		both()
	}
	nodes[0].Kill(t)
	onlyFrom("2")
}

// ask sends a list, with a header as long as a service catalog, and returns the name of
// the gateway that answered.
func ask(t *testing.T, address string) string {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, "http://"+address+"/images?limit=1", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Identity-Status", "Confirmed")
	r.Header.Set("X-Roles", "admin")
	r.Header.Set("X-Service-Catalog", `["`+strings.Repeat("x", 64<<10)+`"]`)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(string(body), `{"images": [{`) {
		t.Fatalf("%s: %.200s", res.Status, body)
	}
	return res.Header.Get("Gateway")
}

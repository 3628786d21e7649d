package caddymodule

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/caddyserver/caddy/v2"

	"github.com/glancegate/glancegate/caddymodule/internal/databases"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/servers"
)

// variant is registryNode with n in its settings, in those of the database too
// where that is wanted.
func variant(n int, anotherDatabase bool) string {
	config := strings.Replace(registryNode, "demo", fmt.Sprintf("demo\nlimits {\nmax_page %d\n}", n), 1)
	if anotherDatabase {
		config = strings.Replace(config, "$DB", fmt.Sprintf("$DB {\nmax_connections %d\n}", n), 1)
	}
	return config
}

func TestReloadUnderLoad(t *testing.T) {
	reloadUnderLoad(t, func(int) string { return "" })
}

// Every third configuration has another cache.
func TestReloadOfCaches(t *testing.T) {
	redis := servers.NewRedis(t)
	reloadUnderLoad(t, func(n int) string {
		return fmt.Sprintf("\ncache {\nchanges\nredis %s\nsize %dMiB\n}", redis, 1+n/3)
	})
}

// reloadUnderLoad reloads variants with further settings a hundred times. Every
// request that a server takes has to succeed.
func reloadUnderLoad(t *testing.T, settings func(n int) string) {
	start(t, registryNode) // what Caddy starts once and for all
	if err := caddy.Stop(); err != nil {
		t.Fatal(err)
	}
	before := goleak.IgnoreCurrent()

	s := start(t, registryNode)
	stop := make(chan struct{})
	var clients sync.WaitGroup
	var requests [4]int
	for n := range requests {
		clients.Go(func() {
			transport := new(http.Transport)
			defer transport.CloseIdleConnections()
			client := &http.Client{Transport: transport}
			for {
				select {
				case <-stop:
					return
				default:
				}
				res, err := client.Do(s.request("GET", "/images/detail", nil, asAdmin...))
				if dropped(err) {
					continue
				}
				if err != nil {
					t.Errorf("request failed: %v", err)
					return
				}
				_, err = io.Copy(io.Discard, res.Body)
				res.Body.Close()
				if err != nil || res.StatusCode != 200 {
					t.Errorf("status %d, %v", res.StatusCode, err)
				}
				requests[n]++
			}
		})
	}
	for n := range 100 {
		// Without a wait for the old sockets.
		if err := caddy.Load(s.config(strings.Replace(variant(n+1, n%10 == 9), "demo", "demo"+settings(n), 1)), true); err != nil {
			t.Fatal(err)
		}
	}
	close(stop)
	clients.Wait()
	for n, count := range requests {
		if count == 0 {
			t.Errorf("client %d sent nothing", n)
		}
	}
	if err := caddy.Stop(); err != nil {
		t.Fatal(err)
	}
	if lines := s.linesWith(`"level":"error"`); len(lines) > 0 {
		t.Errorf("errors were logged: %v", lines)
	}
	waitForDatabases(t, 0)
	waitForGoroutines(t, before)
}

// A request that a replaced configuration still serves keeps its database.
func TestReloadLeavesRequestsTheirDatabase(t *testing.T) {
	s := start(t, registryNode)
	s.do("GET", "/images", asAdmin...)

	body, write := io.Pipe()
	reading := make(chan struct{})
	r := s.request("POST", "/images", body, append(asAdmin, "Expect: 100-continue", "Content-Type: application/json")...)
	r = r.WithContext(httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{Got100Continue: func() { close(reading) }}))
	status := make(chan int)
	go func() {
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, ExpectContinueTimeout: time.Minute}}
		res, err := client.Do(r)
		if err != nil {
			t.Error(err)
			status <- 0
			return
		}
		res.Body.Close()
		status <- res.StatusCode
	}()
	<-reading // the handler has begun

	s.load(variant(7, true))
	waitForDatabases(t, 2)
	if res, _ := s.do("GET", "/images", asAdmin...); res.StatusCode != 200 {
		t.Errorf("new configuration: status %d", res.StatusCode)
	}
	if _, err := io.WriteString(write, `{"image": {"name": "late", "status": "queued"}}`); err != nil {
		t.Fatal(err)
	}
	write.Close()
	if got := <-status; got != 200 {
		t.Errorf("old configuration: status %d", got)
	}
	waitForDatabases(t, 1)
}

// A configuration that is refused leaves the running one and its database alone.
func TestFailedReload(t *testing.T) {
	s := start(t, registryNode)
	second := "\nhttp://127.0.0.1:1 {\nglance_registry {\ndatabase sqlite:///$DB\ndemo\npass_through\n}\n}\n"
	if err := caddy.Load(s.config(variant(3, true)+second), true); err == nil {
		t.Error("loaded")
	}
	waitForDatabases(t, 1)
	if res, _ := s.do("GET", "/images", asAdmin...); res.StatusCode != 200 {
		t.Errorf("status %d", res.StatusCode)
	}
}

// Sites with the same settings share a pool.
func TestSharedDatabase(t *testing.T) {
	start(t, `{
	glance_registry {
		database sqlite:///$DB
		demo
	}
}
http://$ADDR {
	glance_registry /a*
	glance_registry /b* {
		harden
	}
	glance_registry /c* {
		database sqlite:///$DB {
			max_connections 3
		}
	}
}
`)
	waitForDatabases(t, 2)
}

// waitForGoroutines waits until there are no others than before. Servers that shut down
// look every half second whether their connections have ended.
func waitForGoroutines(t *testing.T, before goleak.Option) {
	t.Helper()
	var left error
	if !kit.Poll(kit.Timeout, func() bool { left = goleak.Find(before); return left == nil }) {
		t.Error(left)
	}
}

func waitForDatabases(t *testing.T, want int) {
	t.Helper()
	kit.Wait(t, fmt.Sprintf("%d databases in use", want), func() bool { return databases.InUse() == want })
}

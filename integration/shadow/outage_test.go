package shadow

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/internal/retirement/shadow"
)

// patience is far more than a read takes, and far less than what waits for the old registry
// would: that never answers here.
const patience = 5 * time.Second

// An old registry that stalls costs the clients of the gateway nothing, and what waits for
// it is bounded.
func TestStalledOldRegistry(t *testing.T) {
	p := newPair(t, "new")
	p.load()
	image := p.anImage()
	p.old.stall()
	before := runtime.NumGoroutine()
	const clients, each = 4, 150
	var load sync.WaitGroup
	for range clients {
		load.Go(func() {
			for range each {
				began := time.Now()
				p.send(http.MethodGet, "/images/"+image, nil)
				if took := time.Since(began); took > patience {
					t.Errorf("a client waited %v", took)
				}
			}
		})
	}
	load.Wait()
	r := p.reportNow()
	if r.Skipped[shadow.QueueFull] == 0 || r.Waiting > 256 || p.old.asked.Load() > 16 {
		t.Errorf("skipped %v, %d wait, %d asked", r.Skipped, r.Waiting, p.old.asked.Load())
	}
	if grown := runtime.NumGoroutine() - before; grown > 200 {
		t.Errorf("%d goroutines more", grown)
	}
	p.old.release()
	kit.Wait(t, "compared again", func() bool {
		p.send(http.MethodGet, "/images/"+image, nil)
		return p.reportNow().Compared > 0
	})
}

// Where a dead old registry should answer, clients get a clear error in the form of the
// protocol, the health report says so, and the log does once.
func TestDeadOldRegistry(t *testing.T) {
	p := newPair(t, "old")
	p.old.Server.Close()
	for range 3 {
		a := p.send(http.MethodGet, "/images", nil)
		if a.StatusCode != http.StatusBadGateway || !strings.Contains(string(a.Text), "old registry") {
			t.Errorf("v1: %s %s", a.Status, a.Text)
		}
		if a := p.call("image_get_all", "{}"); a.StatusCode != http.StatusBadGateway || !strings.Contains(string(a.Text), "old registry") {
			t.Errorf("rpc: %s %s", a.Status, a.Text)
		}
	}
	health := p.sendTo("http://"+p.admin, http.MethodGet, "/glance_registry/health", nil)
	if health.StatusCode != http.StatusServiceUnavailable || !strings.Contains(string(health.Text), `"reachable":false,"last_success":null,"last_failure":"`) {
		t.Errorf("health: %s %s", health.Status, health.Text)
	}
	metrics := p.sendTo("http://"+p.admin, http.MethodGet, "/metrics", nil)
	if up := fmt.Sprintf(`glance_registry_shadow_up{old=%q,serve="old"} 0`, p.old.URL); !strings.Contains(string(metrics.Text), up) {
		t.Errorf("the metrics lack %s", up)
	}
}

// Where a stalled old registry should answer, clients get 503 within the limit of a request.
func TestStalledOldRegistryThatAnswers(t *testing.T) {
	p := newPair(t, "old", "limits {\nrequest 2s\n}")
	p.old.stall()
	began := time.Now()
	a := p.send(http.MethodGet, "/images", nil)
	if took := time.Since(began); a.StatusCode != http.StatusServiceUnavailable || !strings.Contains(string(a.Text), "did not answer in time") || took > patience {
		t.Errorf("after %v: %s %s", took, a.Status, a.Text)
	}
	p.old.release()
	if a := p.send(http.MethodGet, "/images", nil); a.StatusCode != http.StatusOK {
		t.Errorf("%s %s", a.Status, a.Text)
	}
}

// A reload keeps what was counted, and a gateway that has a shadow in front of it is not
// its shadow in turn.
func TestReloadKeepsCounts(t *testing.T) {
	p := newPair(t, "new")
	p.load()
	p.reads(p.anImage())
	before := p.report(readCalls)
	config := p.sendTo("http://"+p.admin, http.MethodGet, "/config/", nil)
	changed := strings.Replace(string(config.Text), `"samples":20`, `"samples":21`, 1)
	if a := p.sendTo("http://"+p.admin, http.MethodPost, "/load", changed); a.StatusCode != http.StatusOK {
		t.Fatalf("%s %s", a.Status, a.Text)
	}
	p.reads(p.anImage())
	after := p.report(before.Compared + readCalls)
	faithful(t, after, before.Compared+readCalls)
	if !after.Since.Equal(before.Since) {
		t.Errorf("counts since %v, before %v", after.Since, before.Since)
	}

	header := kit.Trusted("t-own", "admin")
	header.Set(shadow.Mark, "1")
	asked := p.old.asked.Load()
	if a, err := (kit.Request{Method: http.MethodGet, URL: p.url + "/images", Header: header}).Send(t.Context()); err != nil || a.StatusCode != http.StatusOK {
		t.Fatal(a, err)
	}
	p.send(http.MethodGet, "/images?_method=DELETE", nil)
	p.send(http.MethodGet, "/images", nil)
	if r := p.report(after.Compared + 1); r.Compared != after.Compared+1 || p.old.asked.Load() != asked+1 {
		t.Errorf("%d compared, %d asked, want one more", r.Compared-after.Compared, p.old.asked.Load()-asked)
	}
}

// The old registry trusted everyone. A peer that may send no identity gets none there
// through the gateway.
func TestPeersAreStillRefused(t *testing.T) {
	p := newPair(t, "old")
	header := kit.Trusted("t-own", "admin")
	header.Set("X-Forwarded-For", "192.0.2.1")
	a, err := kit.Request{Method: http.MethodGet, URL: p.url + "/images", Header: header}.Send(t.Context())
	if err != nil || a.StatusCode != http.StatusForbidden || p.old.asked.Load() != 0 {
		t.Errorf("%v, %v; %d requests reached the old registry", a.Status, err, p.old.asked.Load())
	}
}

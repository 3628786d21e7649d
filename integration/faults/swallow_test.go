package faults

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/netproxy"
	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
)

const (
	requestTime = 3 * time.Second // of the tests' clients
	endingTime  = 3 * time.Second // in which the database is asked to end statements
	recovery    = 5 * time.Second
)

// The server takes everything and answers nothing. Every request is answered when
// its time is over, whether it holds a connection or waits for one, and all is
// well soon after the server answers again.
func TestServerSwallowsRequests(t *testing.T) {
	for _, dialect := range []servers.Kind{servers.MySQL, servers.PostgreSQL} {
		t.Run(string(dialect), func(t *testing.T) {
			proxy, proxied := netproxy.New(t, servers.NewDatabase(t, dialect).URL)
			backend := registrytest.Open(t, &servers.Database{URL: proxied}, limited)
			node := registrytest.Serve(t, backend)
			id := newImage(node)
			fillPool(t, backend)
			proxy.HoldRequests()
			proxy.Hold()
			var clients sync.WaitGroup
			for range connections {
				put := node.RespondTo("PUT /images/" + id).JSON(registrytest.Object{"image": registrytest.Object{"name": "after"}})
				for _, c := range []*registrytest.Call{node.RespondTo("GET /images/" + id), node.RespondTo("GET /images/detail"), put} {
					clients.Go(func() { swallowed(t, c) })
				}
			}
			clients.Wait()
			proxy.Release()
			start := time.Now()
			for _, c := range reads(node, id) {
				c.Expect(http.StatusOK)
			}
			for _, c := range writes(node, id)[1:] {
				c.Expect(http.StatusOK, http.StatusNoContent)
			}
			took := time.Since(start)
			t.Logf("recovered within %v", took)
			if took > recovery+margin {
				t.Errorf("the gateway took %v to recover", took)
			}
		})
	}
}

func swallowed(t *testing.T, c *registrytest.Call) {
	ctx, cancel := context.WithTimeout(t.Context(), requestTime)
	defer cancel()
	start := time.Now()
	a := c.During(ctx).Answer()
	if a.Status != http.StatusServiceUnavailable {
		t.Errorf("%s", a)
	}
	if took := time.Since(start); took > requestTime+endingTime+margin {
		t.Errorf("a request of %v took %v", requestTime, took)
	} else if took > requestTime+endingTime {
		t.Logf("a request of %v took %v", requestTime, took)
	}
}

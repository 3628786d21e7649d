package faults

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/netproxy"
	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
)

// A server that hangs in the middle of connecting is one that is not available, whichever
// step it has reached: the request has not ended, and its deadline was not the cause. A
// request that joined the reading of another one would otherwise be told of an end
// long before its own.
func TestServerHangsWhileConnecting(t *testing.T) {
	db := servers.NewDatabase(t, servers.MySQL)
	proxy, proxied := netproxy.New(t, db.URL)
	separator := "?"
	if strings.Contains(proxied, "?") {
		separator = "&"
	}
	proxied += separator + "connect_timeout=1"
	for _, step := range []string{"mysql_native_password", "sql_mode", "@@server_id"} {
		t.Run(step, func(t *testing.T) {
			node := registrytest.Serve(t, registrytest.Open(t, &servers.Database{URL: proxied}))
			proxy.HoldAt(step)
			defer proxy.Release()
			start := time.Now()
			a := node.RespondTo("GET /images/x").Expect(http.StatusServiceUnavailable)
			if !strings.Contains(string(a.Body), "The database is not available") {
				t.Errorf("after %v: %s", time.Since(start), a)
			}
			proxy.Release()
			node.RespondTo("GET /images/x").Expect(http.StatusNotFound)
		})
	}
}

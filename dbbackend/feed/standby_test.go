package feed_test

import (
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/dbbackend/feed"
	"github.com/glancegate/glancegate/integration/netproxy"
	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
)

// TestFailOver moves an address from a primary to its standby, which is promoted
// then. The old primary lives on and answers its connections.
func TestFailOver(t *testing.T) {
	t.Parallel()
	server := servers.NewServer(t, servers.PostgreSQL)
	old := server.NewDatabase(t)
	install(t, old)
	standby := servers.NewStandby(t, server)
	promoted := standby.Replica(t, old)
	proxy, through := netproxy.New(t, old.URL)
	backend := registrytest.Open(t, &servers.Database{Dialect: servers.PostgreSQL, URL: through}, causal)
	r, _ := follow(t, feed.Config{URL: through, Servers: backend.Servers()})
	r.worksAgain(t, old, "old")
	if image, err := backend.Image(t.Context(), "old"); err != nil || image == nil {
		t.Fatalf("%v, %v", image, err)
	}
	var moved time.Time
	r.breaks(t, func() {
		proxy.Redirect(t, promoted.URL)
		moved = time.Now()
	})
	r.mu.Lock()
	if r.current.After(moved) {
		t.Errorf("answers counted as new until %s after the address had moved", r.current.Sub(moved))
	}
	r.mu.Unlock()
	r.await("the standby's reason", func() bool {
		return !r.up && strings.Contains(r.downs[len(r.downs)-1].Error(), "give the URL of the primary")
	})
	standby.Exec(t, "SELECT pg_promote()")
	r.worksAgain(t, promoted, "promoted")
	if image, err := backend.Image(t.Context(), "promoted"); err != nil || image == nil {
		t.Errorf("%v, %v", image, err)
	}
}

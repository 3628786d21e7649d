package feed_test

import (
	"testing"

	"github.com/glancegate/glancegate/dbbackend/feed"
	"github.com/glancegate/glancegate/integration/netproxy"
	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
)

// TestAddressLeadsElsewhere lets the address lead to another server while the
// connections to the one before stay, as behind a load balancer after a fail-over.
func TestAddressLeadsElsewhere(t *testing.T) {
	for _, dialect := range dialects {
		t.Run(string(dialect), func(t *testing.T) {
			t.Parallel()
			// Two databases of one name.
			old, promoted := servers.NewServer(t, dialect).NewDatabase(t), servers.NewServer(t, dialect).NewDatabase(t)
			install(t, old)
			install(t, promoted)
			proxy, through := netproxy.New(t, old.URL)
			backend := registrytest.Open(t, &servers.Database{Dialect: dialect, URL: through}, causal)
			r, _ := follow(t, feed.Config{URL: through, Servers: backend.Servers()})
			r.awaitUp()
			r.worksAgain(t, old, "old")
			if image, err := backend.Image(t.Context(), "old"); err != nil || image == nil {
				t.Fatalf("%v, %v", image, err)
			}
			r.breaks(t, func() { proxy.Redirect(t, promoted.URL) })
			r.worksAgain(t, promoted, "promoted")
			// What is not cached comes from there, too.
			if image, err := backend.Image(t.Context(), "promoted"); err != nil || image == nil {
				t.Errorf("%v, %v", image, err)
			}
		})
	}
}

// TestReadOnlyServer is a primary that was replaced, until it can be written to.
func TestReadOnlyServer(t *testing.T) {
	t.Parallel()
	server := servers.NewServer(t, servers.MySQL)
	db := server.NewDatabase(t)
	r, _ := follow(t, feed.Config{URL: db.URL})
	r.worksAgain(t, db, "first")
	r.breaks(t, func() { server.Exec(t, "SET GLOBAL read_only = 1") })
	r.awaitDown("give the URL of the primary")
	server.Exec(t, "SET GLOBAL read_only = 0")
	r.worksAgain(t, db, "again")
}

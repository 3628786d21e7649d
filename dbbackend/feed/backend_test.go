package feed_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/dbbackend/feed"
	"github.com/glancegate/glancegate/integration/netproxy"
	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
)

func causal(c *dbbackend.Config) { c.Followed = true }

// TestWritesOfTheGateway reports what the gateway itself writes.
func TestWritesOfTheGateway(t *testing.T) {
	onEach(t, func(t *testing.T, db *servers.Database) {
		backend := registrytest.Open(t, db, causal)
		node := registrytest.Serve(t, backend)
		r, _ := follow(t, feed.Config{URL: db.URL, Servers: backend.Servers()})
		r.awaitUp()
		id := node.CreateImage(registrytest.Object{"name": "n", "properties": registrytest.Object{"p": "v"}})
		r.awaitIDs(id)
		for _, request := range []string{"PUT /images/" + id + "/members/m", "DELETE /images/" + id + "/members/m", "DELETE /images/" + id} {
			r.forget()
			node.RespondTo(request).Expect(http.StatusOK, http.StatusNoContent)
			r.awaitIDs(id)
			if visible, all := r.reported(); all > 0 || slices.ContainsFunc(visible, func(reported string) bool { return reported != id }) {
				t.Errorf("%s: reported %q, all %d", request, visible, all)
			}
		}
	})
}

// TestServerOfFills goes down while the gateway reads from another server than
// the feed's.
func TestServerOfFills(t *testing.T) {
	for _, dialect := range dialects {
		t.Run(string(dialect), func(t *testing.T) {
			t.Parallel()
			// Two databases of one name.
			db, other := servers.NewServer(t, dialect).NewDatabase(t), servers.NewServer(t, dialect).NewDatabase(t)
			install(t, db)
			proxy, through := netproxy.New(t, db.URL)
			backend := registrytest.Open(t, &servers.Database{Dialect: dialect, URL: through}, causal)
			r, _ := follow(t, feed.Config{URL: db.URL, Servers: backend.Servers()})
			r.awaitUp()
			if err := backend.Check(t.Context()); err != nil {
				t.Fatal(err)
			}
			r.worksAgain(t, db, "same")
			proxy.Redirect(t, other.URL)
			proxy.Break()
			_ = backend.Check(t.Context()) // finds the connection broken
			r.breaks(t, func() { _ = backend.Check(t.Context()) })
			r.awaitDown("database connections reach another server")
			// Connections that are idle do not keep it down.
			proxy.Redirect(t, db.URL)
			r.worksAgain(t, db, "again")
		})
	}
}

// TestCountOfConnections is off unless it is asked for.
func TestCountOfConnections(t *testing.T) {
	onEach(t, func(t *testing.T, db *servers.Database) {
		if registrytest.Open(t, db).Servers() != nil {
			t.Error("connections are counted")
		}
		backend := registrytest.Open(t, db, causal)
		if err := backend.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		if other, _ := backend.Servers().Other("none"); other == "" {
			t.Error("no connection is counted")
		}
		backend.Close()
		if other, _ := backend.Servers().Other("none"); other != "" {
			t.Errorf("a closed connection still counts: %s", other)
		}
	})
}

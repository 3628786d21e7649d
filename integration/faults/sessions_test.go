package faults

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
)

// sessions counts those of the gateway on the server: all but the test's own,
// which are on another database or ask just now.
var sessions = map[servers.Kind]string{
	servers.MySQL: "SELECT count(*) FROM information_schema.processlist WHERE db = DATABASE()" +
		" AND id <> CONNECTION_ID() AND info IS NOT NULL AND info LIKE '/* glance_registry%'",
	servers.PostgreSQL: "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()" +
		" AND pid <> pg_backend_pid() AND query LIKE '/* glance_registry%' AND state = 'active'",
}

// connected counts all sessions on the database.
var connected = map[servers.Kind]string{
	servers.MySQL:      "SELECT count(*) FROM information_schema.processlist WHERE db = DATABASE()",
	servers.PostgreSQL: "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'",
}

// Clients that want to change a locked image come and give up, again and again.
// What they have left behind on the server ends with them: it never has more
// sessions than the pool, and one that ends their statements.
func TestSessionsEndWithTheirClients(t *testing.T) {
	for _, dialect := range []servers.Kind{servers.MySQL, servers.PostgreSQL} {
		t.Run(string(dialect), func(t *testing.T) {
			db := servers.NewDatabase(t, dialect)
			node := registrytest.New(t, db, limited)
			id := newImage(node)
			free := lockImage(t, db, id)
			before := countOf(t, db, connected[dialect]) // the gateway's first, and those of the test
			most, stop := watchMost(t, db)
			for range 10 {
				var clients sync.WaitGroup
				for range 2 * connections {
					clients.Go(func() {
						ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
						defer cancel()
						start := time.Now()
						a := node.RespondTo("PUT /images/" + id).During(ctx).
							JSON(registrytest.Object{"image": registrytest.Object{"name": "after"}}).Answer()
						if a.Status != http.StatusServiceUnavailable {
							t.Errorf("%s", a)
						}
						if took := time.Since(start); took > margin {
							t.Errorf("a request of 200ms took %v", took)
						}
					})
				}
				clients.Wait()
			}
			stop()
			t.Logf("%d sessions at most, the test's %d among them", most(), before)
			if n := most(); n > before-1+connections+1 {
				t.Errorf("there were %d sessions, of which %d are the test's; the pool has %d", n, before-1, connections)
			}
			if n := countOf(t, db, sessions[dialect]); n > 0 {
				t.Errorf("%d sessions still wait for clients that have left", n)
			}
			free()
			for _, c := range append(reads(node, id), writes(node, id)...) {
				c.Expect(http.StatusOK, http.StatusNoContent)
			}
		})
	}
}

// watchMost counts sessions over and over until stop.
func watchMost(t *testing.T, db *servers.Database) (most func() int, stop func()) {
	ended := make(chan struct{})
	var watching sync.WaitGroup
	highest := 0
	watching.Go(func() {
		for {
			select {
			case <-ended:
				return
			default:
				highest = max(highest, countOf(t, db, connected[db.Dialect]))
			}
		}
	})
	return func() int { return highest }, func() { close(ended); watching.Wait() }
}

func countOf(t *testing.T, db *servers.Database, query string) (n int) {
	t.Helper()
	if err := db.DB.QueryRow(query).Scan(&n); err != nil {
		t.Error(err)
	}
	return n
}

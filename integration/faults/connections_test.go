package faults

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/faults/scenario"
	"github.com/glancegate/glancegate/integration/gateways"
	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
)

// serverSessions are statements about those of a server.
var serverSessions = map[servers.Kind]struct{ own, all, end string }{
	servers.MySQL: {
		"SELECT CONNECTION_ID()", "SELECT id FROM information_schema.processlist WHERE db = DATABASE()", "KILL %d",
	},
	servers.PostgreSQL: {
		"SELECT pg_backend_pid()", "SELECT pid FROM pg_stat_activity WHERE datname = current_database()", "SELECT pg_terminate_backend(%d)",
	},
}

// connectionsRunOut lets another program take all connections of the server, those
// of the gateway, too.
func connectionsRunOut(w work) {
	var held []*sql.Conn
	release := func() {
		for _, c := range held {
			_ = c.Close()
		}
		held = nil
	}
	defer release()
	w.Break(func() {
		own := map[int64]bool{}
		for quiet := 0; quiet < 20; time.Sleep(10 * time.Millisecond) {
			taken := w.take(&held, own)
			if ended := w.endOthers(held[0], own); taken || ended {
				quiet = 0
			} else {
				quiet++
			}
		}
	})
	w.t.Logf("%d connections are taken", len(held))
	time.Sleep(lasts(2*time.Second, 10*time.Second))
	w.Repair(release)
	w.Work(time.Second)
}

// take opens connections until the server has none left.
func (w work) take(held *[]*sql.Conn, own map[int64]bool) (some bool) {
	for {
		c, err := w.db.DB.Conn(context.Background())
		if err != nil {
			return some
		}
		var id int64
		if err := c.QueryRowContext(context.Background(), serverSessions[w.db.Dialect].own).Scan(&id); err != nil {
			_ = c.Close()
			return some
		}
		*held, own[id], some = append(*held, c), true, true
	}
}

// endOthers ends the sessions that are not held.
func (w work) endOthers(by *sql.Conn, own map[int64]bool) (some bool) {
	ctx := context.Background()
	found, err := by.QueryContext(ctx, serverSessions[w.db.Dialect].all)
	if err != nil {
		w.t.Fatal(err)
	}
	var ids []int64
	for found.Next() {
		var id int64
		if err := found.Scan(&id); err != nil {
			w.t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if err := found.Err(); err != nil {
		w.t.Fatal(err)
	}
	for _, id := range slices.DeleteFunc(ids, func(id int64) bool { return own[id] }) {
		_, _ = by.ExecContext(ctx, fmt.Sprintf(serverSessions[w.db.Dialect].end, id)) // it may have ended
		some = true
	}
	return some
}

// mostPerConnection is what docs/operations.md says of the memory of a connection
// that waits for its next request, with a margin.
const mostPerConnection = 64 << 10

// Ten thousand clients keep a connection after their first request.
func TestIdleConnectionsUnderLoad(t *testing.T) {
	for _, dialect := range on(servers.MySQL) {
		t.Run(string(dialect), func(t *testing.T) {
			db := servers.NewDatabase(t, dialect)
			g := gateways.Start(t, recommended, site(db.URL, ""))
			l := scenario.Begin(t, db, g.URLs)
			before := g.Memory(t)
			count := lasts(2_000, 10_000)
			var held []net.Conn
			defer func() {
				for _, c := range held {
					_ = c.Close()
				}
			}()
			for range count {
				held = append(held, idle(t, g.URLs[0]))
			}
			l.Work(lasts(time.Second, 30*time.Second))
			each := (g.Memory(t) - before) / int64(count)
			t.Logf("%d idle connections: %d KiB each", count, each>>10)
			l.End("idle connections", g.Peak(t), scenario.Bounds{Longest: mostInterference, Peak: before + int64(count)*mostPerConnection + mostMemory/2})
			if each > mostPerConnection {
				t.Errorf("a connection that is idle takes %d bytes", each)
			}
		})
	}
}

// idle is a connection after a request that was answered.
func idle(t *testing.T, url string) net.Conn {
	t.Helper()
	c, err := dial(url)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Write([]byte(wire("GET", "/images?limit=1", ""))); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatal(res, err)
	}
	res.Body.Close()
	return c
}

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
			before := servers.Value[int](t, db, connected[dialect]) // the gateway's first, and those of the test
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
			if n := servers.Value[int](t, db, sessions[dialect]); n > 0 {
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
				var n int
				if err := db.DB.QueryRow(connected[db.Dialect]).Scan(&n); err != nil {
					t.Error(err)
				}
				highest = max(highest, n)
			}
		}
	})
	return func() int { return highest }, func() { close(ended); watching.Wait() }
}

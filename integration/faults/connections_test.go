package faults

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

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
	_ = found.Close()
	for _, id := range slices.DeleteFunc(ids, func(id int64) bool { return own[id] }) {
		_, _ = by.ExecContext(ctx, fmt.Sprintf(serverSessions[w.db.Dialect].end, id)) // it may have ended
		some = true
	}
	return some
}

package groupreplication

import (
	"context"
	"database/sql"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/cachetest"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/servers"
)

// expulsions is how often a primary is expelled.
const expulsions = 3

// The feed confirms what it has received by reads that the member itself answers.
// One that was expelled, and does not know it yet when it goes on, answers none of
// them with what is no longer true: neither those that had reached it while it
// stood still, nor those that come as it goes on.
func testExpelledReads(t *testing.T, g *servers.Group) {
	for range expulsions {
		p := newPrimary(t, g)
		ctx, stop := context.WithCancel(t.Context())
		var watching sync.WaitGroup
		watching.Go(func() { p.watch(ctx) })
		readExpelled(t, p)
		stop()
		watching.Wait()
		g.AwaitOnline(t)
	}
}

func readExpelled(t *testing.T, p *primary) {
	old := p.member()
	for _, statement := range []string{"DROP TABLE IF EXISTS glance.counter", "CREATE TABLE glance.counter (id INT PRIMARY KEY, n INT)", "INSERT INTO glance.counter VALUES (1, 0)"} {
		old.Exec(t, statement)
	}
	var h cachetest.History
	h.Ack(0)
	var before, after []*sql.Conn
	for range 8 {
		before = append(before, causal(t, old))
	}
	for range 16 {
		after = append(after, causal(t, old))
	}
	old.Pause(t)
	p.await(t, old)
	for n := 1; n <= 50; n++ {
		if _, err := p.ExecContext(t.Context(), "UPDATE glance.counter SET n = ?", n); err != nil {
			t.Fatal(err)
		}
		h.Ack(n)
	}
	var readers sync.WaitGroup
	var refused atomic.Int64
	var stale cachetest.Sample
	until := time.Now().Add(8 * time.Second)
	read := func(conn *sql.Conn) {
		defer conn.Close()
		for time.Now().Before(until) {
			ctx, cancel := context.WithDeadline(t.Context(), until)
			began := time.Now()
			var n int
			err := conn.QueryRowContext(ctx, "SELECT n FROM glance.counter").Scan(&n)
			cancel()
			if err != nil {
				refused.Add(1)
				kit.Pause(t.Context(), time.Millisecond)
				if ctx.Err() != nil {
					return
				}
				continue
			}
			stale.Add(h.Staleness(n, began))
		}
	}
	for _, conn := range before {
		readers.Go(func() { read(conn) })
	}
	time.Sleep(time.Second) // the requests are with the member
	old.Continue(t)
	for _, conn := range after {
		readers.Go(func() { read(conn) })
	}
	readers.Wait()
	t.Logf("%s: %v; %d reads had none", old.Name, &stale, refused.Load())
	if worst := stale.Max(); worst > 0 {
		t.Errorf("a causal read of %s, which was expelled, was stale by %v", old.Name, worst)
	}
}

// causal is a connection whose reads are as those of the feed.
func causal(t *testing.T, m *servers.GroupMember) *sql.Conn {
	t.Helper()
	conn, err := m.Database.DB.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.ExecContext(t.Context(), "SET SESSION group_replication_consistency = 'BEFORE'"); err != nil {
		t.Fatal(err)
	}
	return conn
}

package faults

import (
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/faults/scenario"
	"github.com/glancegate/glancegate/integration/gateways"
	"github.com/glancegate/glancegate/integration/servers"
)

// work is clients of a gateway on a database, of which something is to fail.
type work struct {
	t      *testing.T
	server *servers.Server
	db     *servers.Database
	*scenario.Load
}

// What can happen to a database while clients are at work. Each comes back, and
// the gateway with it.
var databaseFaults = []struct {
	name string
	run  func(work)
}{
	{"killed", databaseIsKilled},
	{"stopped", databaseHangs},
	{"without connections", connectionsRunOut},
}

func TestDatabaseFailsUnderLoad(t *testing.T) {
	for _, dialect := range []servers.Kind{servers.MySQL, servers.PostgreSQL} {
		t.Run(string(dialect), func(t *testing.T) {
			server := servers.NewServer(t, dialect, servers.Durable(dialect)...)
			for _, fault := range databaseFaults {
				t.Run(fault.name, func(t *testing.T) {
					db := server.NewDatabase(t)
					underLoad(t, "database "+fault.name, db, db.URL, func(l *scenario.Load) {
						fault.run(work{t, server, db, l})
					})
				})
			}
		})
	}
}

// underLoad lets something fail that makes requests fail with 503.
func underLoad(t *testing.T, name string, db *servers.Database, databaseURL string, fails func(*scenario.Load)) {
	t.Helper()
	g := gateways.Start(t, "", site(databaseURL, ""))
	l := scenario.Begin(t, db, g.URLs)
	fails(l)
	l.End(name, g.Peak(t), scenario.Bounds{Failures: scenario.Unavailable, Longest: deadline + slack, Peak: mostMemory})
}

// databaseIsKilled ends the server in the middle of everything.
func databaseIsKilled(w work) {
	for range lasts(1, 5) {
		w.Break(func() { w.server.Crash(w.t) })
		time.Sleep(time.Second)
		w.Repair(func() { w.server.Start(w.t) })
		w.Work(lasts(time.Second, 5*time.Second))
	}
}

// databaseHangs keeps the server from answering with all connections open, as on
// a host that swaps.
func databaseHangs(w work) {
	w.Break(func() { w.server.Pause(w.t) })
	time.Sleep(lasts(deadline+time.Second, 10*time.Second))
	w.Repair(func() { w.server.Continue(w.t) })
	w.Work(time.Second)
}

// The disk of the database is full for a while.
func TestDiskIsFullUnderLoad(t *testing.T) {
	further := map[servers.Kind][]string{
		// With a binlog on the disk the server waits for a minute before it tries again.
		servers.MySQL:      {"--skip-log-bin", "--loose-innodb-log-file-size=16M", "--loose-innodb-redo-log-capacity=16M"},
		servers.PostgreSQL: {"-c", "max_wal_size=48MB", "-c", "min_wal_size=32MB"},
	}
	for _, dialect := range []servers.Kind{servers.MySQL, servers.PostgreSQL} {
		t.Run(string(dialect), func(t *testing.T) {
			server := servers.NewServerOnDisk(t, dialect, 256<<20, append(servers.Durable(dialect), further[dialect]...)...)
			db := server.NewDatabase(t)
			underLoad(t, "disk full", db, db.URL, func(l *scenario.Load) {
				l.Break(func() { server.FillDisk(t) })
				time.Sleep(lasts(3*time.Second, 30*time.Second))
				l.Repair(func() { server.FreeDisk(t) })
				l.Work(time.Second)
			})
		})
	}
}

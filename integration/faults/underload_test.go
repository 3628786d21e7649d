package faults

import (
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/faults/scenario"
	"github.com/glancegate/glancegate/integration/gateways"
	"github.com/glancegate/glancegate/integration/servers"
)

// What can happen to a database while clients are at work. Each comes back, and
// the gateway with it.
var databaseFaults = []struct {
	name string
	run  func(*testing.T, *servers.Server, *scenario.Load)
}{
	{"killed", databaseIsKilled},
	{"stopped", databaseHangs},
}

func TestDatabaseFailsUnderLoad(t *testing.T) {
	for _, dialect := range []servers.Kind{servers.MySQL, servers.PostgreSQL} {
		t.Run(string(dialect), func(t *testing.T) {
			server := servers.NewServer(t, dialect, servers.Durable(dialect)...)
			for _, fault := range databaseFaults {
				t.Run(fault.name, func(t *testing.T) {
					db := server.NewDatabase(t)
					g := gateways.Start(t, "", site(db.URL, ""))
					l := scenario.Begin(t, db, g.URLs)
					fault.run(t, server, l)
					l.End("database "+fault.name, g.Peak(t), scenario.Bounds{
						Failures: scenario.Unavailable, Longest: deadline + margin,
					})
				})
			}
		})
	}
}

// databaseIsKilled ends the server in the middle of everything.
func databaseIsKilled(t *testing.T, s *servers.Server, l *scenario.Load) {
	for range lasts(1, 5) {
		l.Break(func() { s.Crash(t) })
		time.Sleep(time.Second)
		l.Repair(func() { s.Start(t) })
		l.Work(lasts(time.Second, 5*time.Second))
	}
}

// databaseHangs keeps the server from answering with all connections open, as on
// a host that swaps.
func databaseHangs(t *testing.T, s *servers.Server, l *scenario.Load) {
	l.Break(func() { s.Pause(t) })
	time.Sleep(lasts(7*time.Second, 10*time.Second))
	l.Repair(func() { s.Continue(t) })
	l.Work(time.Second)
}

package faults

import (
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/faults/scenario"
	"github.com/glancegate/glancegate/integration/netproxy"
	"github.com/glancegate/glancegate/integration/servers"
)

// The network between gateway and database fails: it says so, or it swallows what
// is sent.
func TestNetworkFailsUnderLoad(t *testing.T) {
	ways := []struct {
		name  string
		lasts time.Duration
		fail  func(*netproxy.Wire)
	}{{"cut", time.Second, (*netproxy.Wire).Cut}, {"swallows", deadline + 2*time.Second, (*netproxy.Wire).Swallow}}
	for _, dialect := range []servers.Kind{servers.MySQL, servers.PostgreSQL} {
		for _, way := range ways {
			t.Run(string(dialect)+"/"+way.name, func(t *testing.T) {
				db := servers.NewDatabase(t, dialect)
				wire := netproxy.NewWire(t)
				underLoad(t, "network "+way.name, db, wire.Proxy(db.URL), func(l *scenario.Load) {
					l.Break(func() { way.fail(wire) })
					time.Sleep(lasts(way.lasts, time.Minute))
					l.Repair(wire.Mend)
					l.Work(time.Second)
				})
			})
		}
	}
}

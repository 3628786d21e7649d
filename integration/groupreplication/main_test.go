// Package groupreplication tests how the gateway does on a group of three MySQL
// servers with one primary: how old answers can be, and whether a write can be
// lost, while the primary stands still, is expelled, dies or sees no majority.
//
// It needs MySQL (MYSQL_ROOT), and takes some minutes.
package groupreplication

import (
	"regexp"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/glancegate/glancegate/integration/netproxy"
	"github.com/glancegate/glancegate/integration/servers"
)

func TestMain(m *testing.M) {
	// The tests' own connections break, too, and are repaired.
	if err := mysql.SetLogger(&mysql.NopLogger{}); err != nil {
		panic(err)
	}
	servers.Main(m)
}

// All tests have one group, as its start takes long.
func TestGroup(t *testing.T) {
	g := servers.StartGroup(t, 3)
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) { s.run(t, g) })
	}
	t.Run("reads of a member that was expelled", func(t *testing.T) { testExpelledReads(t, g) })
}

var (
	anything = regexp.MustCompile(".")
	lags     = regexp.MustCompile("lags behind the cluster|does not answer")
)

var scenarios = []scenario{
	{name: "nothing", follows: true, happens: func(*testing.T, *primary, *netproxy.Proxy) { time.Sleep(3 * time.Second) }},
	// Connections of before go on leading to the primary of before.
	{name: "stopped", follows: true, reason: anything, happens: stopped},
	{name: "stopped, connections are broken", follows: true, breaks: true, reason: anything, happens: stopped},
	// The address leads to it for a while.
	{name: "stopped, the address follows late", reason: anything, happens: func(t *testing.T, p *primary, address *netproxy.Proxy) {
		stopped(t, p, address)
		address.Redirect(t, p.member().Database.URL)
	}},
	{name: "killed", follows: true, breaks: true, reason: anything, happens: func(t *testing.T, p *primary, _ *netproxy.Proxy) {
		old := p.member()
		old.Kill(t)
		p.await(t, old)
		time.Sleep(3 * time.Second)
		old.Rejoin(t)
		p.group.AwaitOnline(t)
	}},
	// Both secondaries stand still: there is no majority that could expel them.
	{name: "no majority", follows: true, reason: lags, happens: func(t *testing.T, p *primary, _ *netproxy.Proxy) {
		for _, m := range p.secondaries() {
			m.Pause(t)
		}
		time.Sleep(12 * time.Second)
		for _, m := range p.secondaries() {
			m.Continue(t)
		}
		p.group.AwaitOnline(t)
	}},
}

// stopped lets the primary stand still until the others have expelled it and have
// elected another one, and go on.
func stopped(t *testing.T, p *primary, _ *netproxy.Proxy) {
	old := p.member()
	old.Pause(t)
	p.await(t, old)
	old.Continue(t)
	time.Sleep(3 * time.Second)
	p.group.AwaitOnline(t)
}

package groupreplication

import (
	"regexp"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/netproxy"
)

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

// Package netproxy stands between the gateway and a server, where it counts round
// trips, can break connections, and can be a server that is down or slow.
package netproxy

import (
	"bytes"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
)

// Proxy passes TCP connections on to one server.
type Proxy struct {
	listener net.Listener
	trips    atomic.Int64
	running  sync.WaitGroup
	toServer gate
	toClient gate
	holdAt   atomic.Pointer[[]byte] // nil: nothing
	before   atomic.Pointer[func([]byte) []byte]

	mu     sync.Mutex
	target string
	down   bool
	conns  map[net.Conn]bool // both ends; nil once the proxy is closed
}

// New starts a proxy in front of the server of a database URL and returns the
// URL that leads through it. It ends with the test.
func New(t testing.TB, databaseURL string) (proxy *Proxy, proxiedURL string) {
	t.Helper()
	u, err := url.Parse(databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := newOn(t, l, u.Host)
	u.Host = l.Addr().String()
	return p, u.String()
}

func newOn(t testing.TB, l net.Listener, target string) *Proxy {
	p := &Proxy{listener: l, target: target, conns: map[net.Conn]bool{}}
	p.running.Go(func() { p.accept(l) })
	t.Cleanup(p.close)
	return p
}

// RoundTrips is how often a client has spoken after it had listened, or for the
// first time, on all connections together. However a protocol splits its
// messages: that is how often somebody waited for an answer.
func (p *Proxy) RoundTrips() int64 { return p.trips.Load() }

// Break resets all connections there are; new ones are let through.
func (p *Proxy) Break() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // a reset, as from a server that died
		}
		_ = c.Close()
	}
	clear(p.conns)
}

// Redirect lets new connections lead to the server of another database URL, as a
// virtual address that moves.
func (p *Proxy) Redirect(t testing.TB, databaseURL string) {
	t.Helper()
	u, err := url.Parse(databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.target = u.Host
}

// Down refuses connections, and resets those there are, until Up is called.
func (p *Proxy) Down() {
	_ = p.listener.Close()
	p.mu.Lock()
	p.down = true // also for what was taken already, and is being connected
	p.mu.Unlock()
	p.Break()
}

// Up takes connections again, at the same address.
func (p *Proxy) Up(t testing.TB) {
	t.Helper()
	l, err := net.Listen("tcp4", p.listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	p.listener = l
	p.mu.Lock()
	p.down = false
	p.mu.Unlock()
	p.running.Go(func() { p.accept(l) })
}

// Hold lets answers wait until Release is called, as a server that hangs.
func (p *Proxy) Hold() { p.toClient.hold(true) }

// HoldRequests lets what clients send wait until Release is called.
func (p *Proxy) HoldRequests() { p.toServer.hold(true) }

// HoldAt does what Hold does, from the moment on in which a client sends a text.
func (p *Proxy) HoldAt(text string) {
	at := []byte(text)
	p.holdAt.Store(&at)
}

// Before lets f see what a client sends, and sends what it returns to the server first.
func (p *Proxy) Before(f func(sent []byte) []byte) { p.before.Store(&f) }

// Release lets everything through again.
func (p *Proxy) Release() {
	p.holdAt.Store(nil)
	p.toServer.hold(false)
	p.toClient.hold(false)
}

func (p *Proxy) close() {
	p.Release()
	_ = p.listener.Close()
	p.Break()
	p.mu.Lock()
	p.conns = nil
	p.mu.Unlock()
	p.running.Wait()
}

func (p *Proxy) accept(l net.Listener) {
	for {
		client, err := l.Accept()
		if err != nil {
			return
		}
		p.mu.Lock()
		target := p.target
		p.mu.Unlock()
		server, err := net.Dial("tcp", target)
		if err != nil || !p.keep(client, server) {
			_ = client.Close()
			continue
		}
		t := &turns{count: &p.trips}
		p.running.Go(func() { p.copy(server, client, &p.toServer, t.clientSpeaks) })
		p.running.Go(func() { p.copy(client, server, &p.toClient, t.serverSpeaks) })
	}
}

// keep remembers a pair of connections, unless the proxy is closed or down.
func (p *Proxy) keep(client, server net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.conns == nil || p.down {
		_ = server.Close()
		return false
	}
	p.conns[client], p.conns[server] = true, true
	return true
}

// copy moves bytes until one side ends, and then ends the other.
func (p *Proxy) copy(to, from net.Conn, through *gate, speaks func()) {
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 {
			if at := p.holdAt.Load(); at != nil && through == &p.toServer && bytes.Contains(buffer[:n], *at) {
				p.Hold()
			}
			through.pass()
			speaks()
			if f := p.before.Load(); f != nil && through == &p.toServer {
				_, _ = to.Write((*f)(buffer[:n]))
			}
			if _, err := to.Write(buffer[:n]); err != nil {
				break
			}
		}
		if err != nil {
			break
		}
	}
	_ = to.Close()
	_ = from.Close()
	p.mu.Lock()
	delete(p.conns, to)
	delete(p.conns, from)
	p.mu.Unlock()
}

// gate is one direction of all connections. The zero value is open.
type gate struct {
	mu   sync.Mutex
	held chan struct{} // closed when the gate opens; nil: it is open
}

func (g *gate) hold(on bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case on && g.held == nil:
		g.held = make(chan struct{})
	case !on && g.held != nil:
		close(g.held)
		g.held = nil
	}
}

// pass waits until the gate is open.
func (g *gate) pass() {
	g.mu.Lock()
	held := g.held
	g.mu.Unlock()
	if held != nil {
		<-held
	}
}

// turns counts how often the client of one connection takes the floor.
type turns struct {
	mu     sync.Mutex
	client bool // spoke last
	count  *atomic.Int64
}

func (t *turns) clientSpeaks() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.client {
		t.client = true
		t.count.Add(1)
	}
}

func (t *turns) serverSpeaks() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.client = false
}

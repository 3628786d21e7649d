package netproxy

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"sync/atomic"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/glancegate/glancegate/integration/kit"
)

// Wire is a network with two ends: this host, and a namespace in which proxies
// listen. It can lose what is sent over it.
type Wire struct {
	t         testing.TB
	namespace string
	here      string // addresses
	there     string
}

var wires atomic.Int64

// NewWire makes a wire until the end of the test. The test is skipped where that
// is not allowed; it needs root and the program ip.
func NewWire(t testing.TB) *Wire {
	t.Helper()
	// Another test binary has other numbers, out of the network for benchmarks.
	number := (int64(os.Getpid())<<4 + wires.Add(1)) & 0x7fff
	network := fmt.Sprintf("198.%d.%d.", 18+number>>14, number>>6&0xff)
	host := int(number&0x3f) * 4
	w := &Wire{
		t: t, namespace: fmt.Sprintf("glancegate-%d", number),
		here: network + fmt.Sprint(host+1), there: network + fmt.Sprint(host+2),
	}
	if err := w.ip("netns", "add", w.namespace); err != nil {
		kit.Lacking(t, "no network namespaces here: %v", err)
	}
	t.Cleanup(func() { _ = w.ip("netns", "delete", w.namespace) })
	device := fmt.Sprintf("gg%d", number)
	w.must("link", "add", device, "type", "veth", "peer", "name", "eth0", "netns", w.namespace)
	t.Cleanup(func() { _ = w.ip("link", "delete", device) })
	w.must("address", "add", w.here+"/30", "dev", device)
	w.must("link", "set", device, "up")
	w.must("-n", w.namespace, "address", "add", w.there+"/30", "dev", "eth0")
	w.must("-n", w.namespace, "link", "set", "eth0", "up")
	return w
}

// Proxy starts a proxy at the other end of the wire, in front of the server of a
// database URL, and returns the URL that leads there.
func (w *Wire) Proxy(databaseURL string) (proxiedURL string) {
	w.t.Helper()
	l, err := w.listen()
	if err != nil {
		w.t.Fatal(err)
	}
	u, err := url.Parse(databaseURL)
	if err != nil {
		w.t.Fatal(err)
	}
	newOn(w.t, l, u.Host)
	u.Host = l.Addr().String()
	return u.String()
}

// listen opens a port in the namespace. A socket stays where it was made.
func (w *Wire) listen() (l net.Listener, err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		var file *os.File
		if file, err = os.Open("/run/netns/" + w.namespace); err != nil {
			return
		}
		defer file.Close()
		if err = unix.Setns(int(file.Fd()), unix.CLONE_NEWNET); err == nil {
			l, err = net.Listen("tcp4", w.there+":0")
		}
	}()
	<-done
	return l, err
}

// Cut makes the other end unreachable, which this host knows.
func (w *Wire) Cut() { w.must("route", "add", "unreachable", w.there+"/32") }

// Swallow loses what the other end answers, without a word to anybody.
func (w *Wire) Swallow() { w.must("-n", w.namespace, "route", "add", "blackhole", w.here+"/32") }

// Mend ends Cut and Swallow.
func (w *Wire) Mend() {
	_ = w.ip("route", "delete", "unreachable", w.there+"/32")
	_ = w.ip("-n", w.namespace, "route", "delete", "blackhole", w.here+"/32")
}

func (w *Wire) ip(args ...string) error {
	if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("ip %q: %w: %s", args, err, out)
	}
	return nil
}

func (w *Wire) must(args ...string) {
	w.t.Helper()
	if err := w.ip(args...); err != nil {
		w.t.Fatal(err)
	}
}

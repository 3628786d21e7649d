package servers

import (
	"context"
	"net"
	"os"
	"syscall"
	"testing"
)

const haProxy Kind = "haproxy"

// StartHAProxy runs HAProxy with a configuration until the end of the test, and
// waits until it listens on an address of it. The test is skipped where there is
// no HAProxy.
func StartHAProxy(t testing.TB, config, address string) {
	t.Helper()
	if _, err := locate(haProxy.root(), "haproxy"); err != nil {
		if os.Getenv("REQUIRE_SERVERS") == "1" {
			t.Fatal(err)
		}
		t.Skip("no haproxy here")
	}
	f, err := newFolder(haProxy, "haproxy")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.write("haproxy.cfg", config); err != nil {
		t.Fatal(err)
	}
	p, err := launch(f, "haproxy", "-db", "-f", f.file("haproxy.cfg"))
	if err != nil {
		f.remove()
		t.Fatal(err)
	}
	t.Cleanup(func() { p.stop(syscall.SIGKILL) })
	err = p.await(func(ctx context.Context) error {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
		if err == nil {
			conn.Close()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

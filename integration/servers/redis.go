package servers

import (
	"context"
	"fmt"
	"net"
	"syscall"
	"testing"
)

// NewRedis starts a Redis server for one test and returns its URL. It starts in
// milliseconds, and databases within one server would share publications.
func NewRedis(t testing.TB) (url string) {
	t.Helper()
	Require(t, Redis)
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	f, err := newFolder(Redis, credential("redis"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.remove)
	p, err := launch(f, "redis-server", "--bind", "127.0.0.1", "--port", fmt.Sprint(port),
		"--dir", f.path, "--save", "", "--appendonly", "no")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.stop(syscall.SIGKILL) })
	address := fmt.Sprintf("127.0.0.1:%d", port)
	err = p.await(func(ctx context.Context) error { return ping(ctx, address) })
	if err != nil {
		t.Fatalf("redis does not start: %v", err)
	}
	return "redis://" + address + "/0"
}

// ping sees whether Redis takes commands.
func ping(ctx context.Context, address string) error {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("PING\r\n")); err != nil {
		return err
	}
	answer := make([]byte, 7)
	if n, err := conn.Read(answer); err != nil || string(answer[:n]) != "+PONG\r\n" {
		return fmt.Errorf("PING: %q, %v", answer[:n], err)
	}
	return nil
}

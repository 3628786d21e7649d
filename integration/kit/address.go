package kit

import (
	"net"
	"strconv"
	"testing"
)

// FreePort asks the kernel for a loopback TCP port that is not in use. Another
// program may take it before the caller does.
func FreePort() (int, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// FreeAddress is a loopback address with a port of FreePort. It refuses
// connections until somebody listens on it.
func FreeAddress(t testing.TB) string {
	t.Helper()
	port, err := FreePort()
	if err != nil {
		t.Fatal(err)
	}
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
}

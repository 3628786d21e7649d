package dialer

import (
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// endUnacknowledged bounds how long the peer's kernel may leave sent bytes
// unacknowledged. The default is about 15 minutes.
func endUnacknowledged(network, _ string, c syscall.RawConn) error {
	if !strings.HasPrefix(network, "tcp") {
		return nil
	}
	var failed error
	err := c.Control(func(fd uintptr) {
		failed = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(deadAfter.Milliseconds()))
	})
	if err != nil {
		return err
	}
	return failed
}

// Package dialer makes connections that end when their network does.
package dialer

import (
	"net"
	"time"
)

// keepAlive is how long a connection may be silent before it is probed, and deadAfter
// when it is closed if the peer acknowledges nothing (docs/operations.md, Bounds).
const (
	keepAlive = 10 * time.Second
	deadAfter = 10 * time.Second
)

// New returns a dialer for TCP and Unix sockets. Connections are closed if the peer
// acknowledges nothing, neither data nor probes, for deadAfter. timeout bounds
// connecting; 0: no limit.
func New(timeout time.Duration) *net.Dialer {
	return &net.Dialer{
		Timeout:         timeout,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: keepAlive, Interval: deadAfter / 4, Count: 4},
		Control:         endUnacknowledged,
	}
}

// Package dialer makes connections that don't outlive their network.
package dialer

import (
	"net"
	"time"
)

// keepAlive is how long a peer may be silent before it is asked for a sign of
// life, and deadAfter when one counts as gone that acknowledges nothing
// (docs/operations.md, Bounds).
const (
	keepAlive = 10 * time.Second
	deadAfter = 10 * time.Second
)

// New returns a dialer for TCP and sockets, for connections to servers. A peer
// that acknowledges nothing, neither what was sent nor that it is there, counts as
// gone after deadAfter. A connection has to be made within timeout; 0 is no limit.
func New(timeout time.Duration) *net.Dialer {
	return &net.Dialer{
		Timeout:         timeout,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: keepAlive, Interval: deadAfter / 4, Count: 4},
		Control:         endUnacknowledged,
	}
}

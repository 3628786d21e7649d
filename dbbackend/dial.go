package dbbackend

import "net"

// newDialer makes connections that don't outlive their network: a peer that
// acknowledges nothing, neither what was sent nor that it is there, counts as gone
// after deadAfter.
func newDialer() *net.Dialer {
	return &net.Dialer{
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: keepAlive, Interval: deadAfter / 4, Count: 4},
		Control:         endUnacknowledged,
	}
}

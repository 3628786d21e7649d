//go:build !linux

package dialer

import "syscall"

// endUnacknowledged does nothing: other systems have no such option, and the
// deadline of a request has to do.
func endUnacknowledged(string, string, syscall.RawConn) error { return nil }

//go:build !linux

package dialer

import "syscall"

// endUnacknowledged does nothing: other systems have no such option. The deadlines of
// requests apply.
func endUnacknowledged(string, string, syscall.RawConn) error { return nil }

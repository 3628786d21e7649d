//go:build !linux

package kit

import "time"

var started = time.Now()

// threadTime is the time on the wall, where that of a thread is not known.
func threadTime() time.Duration { return time.Since(started) }

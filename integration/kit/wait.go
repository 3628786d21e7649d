// Package kit has what the tests of several packages need: requests, waiting with
// a deadline, free addresses, certificates. It knows nothing of the gateway's code.
package kit

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"testing"
	"time"
)

// Timeout bounds how long Wait waits. A loaded machine may need a good part of
// it for what takes milliseconds elsewhere.
const Timeout = 30 * time.Second

// pause is how long Poll waits between two looks.
const pause = 2 * time.Millisecond

// Wait polls a condition, and ends the test when it is not met within Timeout.
// The state, which is formatted with %v and may be a fmt.Stringer, says in the
// message how far it came; what completes the sentence "... in time".
func Wait(t testing.TB, what string, condition func() bool, state ...any) {
	t.Helper()
	if !Poll(Timeout, condition) {
		t.Fatalf("not %s in time%s", what, describe(state))
	}
}

func describe(state []any) string {
	if len(state) == 0 {
		return ""
	}
	return ": " + fmt.Sprint(state...)
}

// Poll looks at a condition until it is met or the time is over. It reports
// whether it was met.
func Poll(timeout time.Duration, condition func() bool) bool {
	return PollEvery(pause, timeout, condition)
}

// PollEvery is Poll with its own pause, for conditions that cost something or
// that change slowly.
func PollEvery(pause, timeout time.Duration, condition func() bool) bool {
	for deadline := time.Now().Add(timeout); !condition(); time.Sleep(pause) {
		if time.Now().After(deadline) {
			return false
		}
	}
	return true
}

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

// Pause lets time pass, or less when the context ends.
func Pause(ctx context.Context, length time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(length):
	}
}

package kit

import (
	"os"
	"testing"
)

// Lacking skips a test for which this machine lacks something. With
// REQUIRE_SERVERS=1 in the environment it fails: a machine that is meant to have
// everything must not pass by skipping.
func Lacking(t testing.TB, format string, args ...any) {
	t.Helper()
	if os.Getenv("REQUIRE_SERVERS") == "1" {
		t.Fatalf("REQUIRE_SERVERS=1: "+format, args...)
	}
	t.Skipf(format, args...)
}

package servers

import (
	"net/url"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// newFile names a database file that SQLite makes at first use, and how to reach
// it. The test's own connections wait for the gateway's instead of failing.
func newFile(t testing.TB) (driver, dsn, gatewayURL string) {
	path := filepath.Join(t.TempDir(), "glance.sqlite")
	// The name of a repeated test has a # in it, and with it the path.
	escaped := (&url.URL{Path: path}).EscapedPath()
	return "sqlite", "file:" + escaped + "?_pragma=busy_timeout(20000)&_pragma=synchronous(0)&_txlock=immediate", "sqlite:///" + path
}

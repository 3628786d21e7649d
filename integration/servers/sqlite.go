package servers

import (
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// newFile names a database file that SQLite makes at first use, and how to reach
// it. The test's own connections wait for the gateway's instead of failing.
func newFile(t testing.TB) (driver, dsn, url string) {
	path := filepath.Join(t.TempDir(), "glance.sqlite")
	return "sqlite", "file:" + path + "?_pragma=busy_timeout(20000)&_pragma=synchronous(0)", "sqlite:///" + path
}

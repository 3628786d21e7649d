// Package servers gives tests real servers: PostgreSQL, MariaDB, Redis,
// Keystone and Glance as Debian packages them, this one or another in a folder
// (CONTRIBUTING.md), run privately in temporary folders
// on free loopback ports.
//
// All but Redis are started by the first test that asks for them and
// shared by all tests of the binary; every test has a database of its own. A package that uses them needs
//
//	func TestMain(m *testing.M) { servers.Main(m) }
//
// to stop them at the end. Should the test process be killed instead, the kernel
// ends them with it.
package servers

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/kit"
)

// Kind is a kind of server, or for the three databases an SQL dialect.
type Kind string

// The kinds. MySQL is served by MariaDB where MYSQL_ROOT names no other; SQLite is a file and needs no server.
const (
	PostgreSQL Kind = "postgresql"
	MySQL      Kind = "mysql"
	SQLite     Kind = "sqlite"
	Redis      Kind = "redis"
	Keystone   Kind = "keystone"
	Glance     Kind = "glance"
	Chromium   Kind = "chromium" // a browser, which tests start themselves
	Nginx      Kind = "nginx"
	Varnish    Kind = "varnish"

	// OtherGlance is a second release of Glance, which OTHER_GLANCE_ROOT names.
	OtherGlance Kind = "other_glance"
)

// Dialects are the kinds that NewDatabase accepts.
var Dialects = []Kind{MySQL, PostgreSQL, SQLite}

// Main runs the tests of a package and stops the shared servers afterwards.
func Main(m *testing.M) {
	defer Stop()
	m.Run()
}

// Stop ends the shared servers and removes their folders. Only a TestMain that
// cannot use Main, one that looks for leaked goroutines for instance, needs it.
func Stop() {
	postgreSQL.stop()
	mySQL.stop()
	stopKeystone()
}

// Require skips the test when a program it needs is not installed. With
// REQUIRE_SERVERS=1 in the environment a missing program fails the test: a
// machine that is meant to have them must not pass by skipping. It also skips tests
// of kinds that are not among those of ONLY_SERVERS, as in "mysql,redis".
func Require(t testing.TB, kinds ...Kind) {
	t.Helper()
	for _, kind := range kinds {
		if only := os.Getenv("ONLY_SERVERS"); only != "" && !slices.Contains(strings.Split(only, ","), string(kind)) {
			t.Skipf("ONLY_SERVERS leaves %s out", kind)
		}
		if kind == OtherGlance && kind.root() == "" {
			t.Skip("OTHER_GLANCE_ROOT names no second release of Glance; make newest does")
		}
		for _, program := range kind.needs() {
			if _, err := locate(kind.root(), program); err != nil {
				kit.Lacking(t, "no %s here: %v (make servers installs it)", kind, err)
			}
		}
	}
}

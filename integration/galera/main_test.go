// Package galera tests how the gateway does on a Galera cluster of three nodes:
// how old answers can be while the node whose changes are followed lags behind,
// leaves or comes back, that concurrent requests through gateways on all nodes
// have one winner, and that a node that left costs no request behind HAProxy.
//
// FULL=1 in the environment runs all scenarios, not only the quick ones.
package galera

import (
	"os"
	"testing"

	"github.com/go-sql-driver/mysql"

	"github.com/glancegate/glancegate/integration/servers"
)

// full runs what takes too long for every day.
var full = os.Getenv("FULL") == "1"

func TestMain(m *testing.M) {
	// The tests' own connections break, too, and are repaired.
	if err := mysql.SetLogger(&mysql.NopLogger{}); err != nil {
		panic(err)
	}
	servers.Main(m)
}

// All tests have one cluster, as its start takes long.
func TestGalera(t *testing.T) {
	c := servers.StartGalera(t, 3)
	t.Run("reads after writes", func(t *testing.T) { testReadBack(t, c) })
	t.Run("many clients", func(t *testing.T) { testConcurrency(t, c) })
	t.Run("a node leaves", func(t *testing.T) { testLeaving(t, c) })
	t.Run("age of answers", func(t *testing.T) { testAges(t, c) })
}

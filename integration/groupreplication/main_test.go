// Package groupreplication tests how the gateway does on a group of three MySQL
// servers with one primary: how old answers can be, and whether a write can be
// lost, while the primary stands still, is expelled, dies or sees no majority.
//
// It needs MySQL (MYSQL_ROOT), and takes some minutes.
package groupreplication

import (
	"testing"

	"github.com/go-sql-driver/mysql"

	"github.com/glancegate/glancegate/integration/servers"
)

func TestMain(m *testing.M) {
	// The tests' own connections break, too, and are repaired.
	if err := mysql.SetLogger(&mysql.NopLogger{}); err != nil {
		panic(err)
	}
	servers.Main(m)
}

// All tests have one group, as its start takes long.
func TestGroup(t *testing.T) {
	g := servers.StartGroup(t, 3)
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) { s.run(t, g) })
	}
	t.Run("reads of a member that was expelled", func(t *testing.T) { testExpelledReads(t, g) })
}

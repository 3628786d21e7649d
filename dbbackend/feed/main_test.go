package feed_test

import (
	"os"
	"testing"

	"github.com/go-sql-driver/mysql"
	"go.uber.org/goleak"

	"github.com/glancegate/glancegate/integration/servers"
)

func TestMain(m *testing.M) {
	// The tests' own connections break, too, and are repaired.
	if err := mysql.SetLogger(&mysql.NopLogger{}); err != nil {
		panic(err)
	}
	code := m.Run()
	servers.Stop()
	if err := goleak.Find(goleak.IgnoreTopFunction("database/sql.(*DB).connectionOpener")); err != nil && code == 0 {
		println(err.Error())
		code = 1
	}
	os.Exit(code)
}

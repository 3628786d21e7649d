package mysqlconn_test

import (
	"database/sql"
	"fmt"
	"testing"
	"time"

	"github.com/glancegate/glancegate/dbbackend/internal/mysqlconn"
	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/internal/dburl"
)

func TestMain(m *testing.M) { servers.Main(m) }

// A connection has the server keep few statements, however many texts there were, and
// those that are in use stay correct.
func TestFewStatementsStayPrepared(t *testing.T) {
	const most = 8
	db := servers.NewDatabase(t, servers.MySQL)
	u, err := dburl.Parse(db.URL)
	if err != nil {
		t.Fatal(err)
	}
	config, _, err := u.MySQLConfig()
	if err != nil {
		t.Fatal(err)
	}
	connector, err := mysqlconn.New(config, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	pool := sql.OpenDB(connector)
	defer pool.Close()
	pool.SetMaxOpenConns(1)
	ctx := mysqlconn.Prepared(t.Context())
	for _, n := range []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 1, 2} {
		for range 2 {
			var sum int
			if err := pool.QueryRowContext(ctx, fmt.Sprintf("SELECT ? + %d", n), 100).Scan(&sum); err != nil || sum != 100+n {
				t.Fatalf("%d: %d %v", n, sum, err)
			}
		}
	}
	kept := servers.Value[int](t, db, "SELECT variable_value FROM information_schema.global_status WHERE variable_name = 'Prepared_stmt_count'")
	if kept != most {
		t.Errorf("the server keeps %d statements, not %d", kept, most)
	}
}

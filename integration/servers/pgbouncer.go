package servers

import (
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"syscall"
	"testing"

	"github.com/glancegate/glancegate/integration/kit"
)

const pgBouncer Kind = "pgbouncer"

// NewPgBouncer puts a PgBouncer in front of a PostgreSQL database and returns the
// URL that leads through it. It gives its clients a session for one transaction
// at a time, and has few of them. The test is skipped where there is no PgBouncer.
func NewPgBouncer(t testing.TB, db *Database) string {
	t.Helper()
	if _, err := locate(pgBouncer.root(), "pgbouncer"); err != nil {
		if os.Getenv("REQUIRE_SERVERS") == "1" {
			t.Fatal(err)
		}
		t.Skip("no pgbouncer here")
	}
	u, err := url.Parse(db.URL)
	if err != nil {
		t.Fatal(err)
	}
	// Another program may have taken the port in the meantime.
	for range 3 {
		var port int
		if port, err = kit.FreePort(); err != nil {
			continue
		}
		if err = startPgBouncer(t, u.Port(), port, u.Path[1:]); err == nil {
			u.Host = fmt.Sprintf("127.0.0.1:%d", port)
			return u.String()
		}
	}
	t.Fatalf("pgbouncer does not start: %v", err)
	return ""
}

func startPgBouncer(t testing.TB, serverPort string, port int, database string) error {
	f, err := newFolder(pgBouncer, "postgres")
	if err != nil {
		return err
	}
	config := fmt.Sprintf(`[databases]
* = host=127.0.0.1 port=%s
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %d
unix_socket_dir =
auth_type = plain
auth_file = users
pool_mode = transaction
default_pool_size = 3
`, serverPort, port)
	users := fmt.Sprintf("%q %q\n", userName, password)
	for name, text := range map[string]string{"config": config, "users": users} {
		if err := f.write(name, text); err != nil {
			f.remove()
			return err
		}
	}
	p, err := launch(f, "pgbouncer", "config")
	if err != nil {
		f.remove()
		return err
	}
	t.Cleanup(func() { p.stop(syscall.SIGQUIT) })
	client, err := sql.Open(postgreSQL.driver, postgreSQL.dsn(port, database))
	if err != nil {
		return err
	}
	defer client.Close()
	return p.await(client.PingContext)
}

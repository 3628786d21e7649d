package servers

import (
	"database/sql"
	"fmt"
	"net/url"
	"syscall"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"github.com/glancegate/glancegate/integration/kit"
)

var postgreSQL = &server{
	kind:    PostgreSQL,
	driver:  "pgx",
	admin:   "postgres",
	account: "postgres",
	start:   startPostgreSQL,
	dsn: func(port int, database string) string {
		return fmt.Sprintf("postgres://%s:%s@127.0.0.1:%d/%s?sslmode=disable", userName, password, port, database)
	},
	url: func(port int, database string) string {
		return fmt.Sprintf("postgresql://%s:%s@127.0.0.1:%d/%s", userName, password, port, database)
	},
	// A pool that still has connections must not keep the database alive.
	drop: "DROP DATABASE %s WITH (FORCE)",
}

func startPostgreSQL(f folder, port int, further ...string) (*process, error) {
	if err := f.write("password", password); err != nil {
		return nil, err
	}
	data := f.file("data")
	err := f.run("initdb", "-D", data, "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8",
		"--username="+userName, "--pwfile="+f.file("password"), "--auth=scram-sha-256")
	if err != nil {
		return nil, err
	}
	return launchPostgreSQL(f, port, further)
}

func launchPostgreSQL(f folder, port int, further []string) (*process, error) {
	return launch(f, "postgres", append([]string{
		"-D", f.file("data"), "-p", fmt.Sprint(port), "-k", f.path,
		"-c", "listen_addresses=127.0.0.1",
		"-c", "max_connections=200",
		"-c", "shared_buffers=256MB",
		"-c", "timezone=UTC",
		"-c", "fsync=off",
		"-c", "synchronous_commit=off",
		"-c", "full_page_writes=off",
		// A vacuum in the middle of a test would move rows, and with them the
		// order of lists without a sort key.
		"-c", "autovacuum=off",
	}, further...)...)
}

const pgBouncer Kind = "pgbouncer"

// NewPgBouncer puts a PgBouncer in front of a PostgreSQL database and returns the
// URL that leads through it. It gives its clients a session for one transaction
// at a time, and has few of them. The test is skipped where there is no PgBouncer.
func NewPgBouncer(t testing.TB, db *Database) string {
	t.Helper()
	if _, err := locate(pgBouncer.root(), "pgbouncer"); err != nil {
		kit.Lacking(t, "no pgbouncer here: %v", err)
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

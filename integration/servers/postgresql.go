package servers

import (
	"fmt"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
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
		// order of lists that nobody sorts.
		"-c", "autovacuum=off",
	}, further...)...)
}

package servers

import (
	"database/sql"
	"net/url"
	"strings"
	"testing"
)

// NewStandby starts a hot standby of a PostgreSQL, with everything that the primary
// has so far. pg_promote makes a primary of it. It ends with the test.
func NewStandby(t testing.TB, primary *Server) *Server {
	t.Helper()
	s := &Server{&server{
		kind: primary.kind, driver: primary.driver, admin: primary.admin, account: primary.account,
		args: primary.args, dsn: primary.dsn, url: primary.url, drop: primary.drop,
	}}
	s.start = func(f folder, port int, further ...string) (*process, error) {
		err := f.run("pg_basebackup", "-D", f.file("data"), "-d", primary.dsn(primary.port, primary.admin),
			"--write-recovery-conf", "--checkpoint=fast", "--no-sync")
		if err != nil {
			return nil, err
		}
		return launchPostgreSQL(f, port, further)
	}
	t.Cleanup(s.stop)
	s.use(t)
	return s
}

// Replica is a database of the primary as this standby has it.
func (s *Server) Replica(t testing.TB, of *Database) *Database {
	t.Helper()
	u, err := url.Parse(of.URL)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.TrimPrefix(u.Path, "/")
	db, err := sql.Open(s.driver, s.dsn(s.port, name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return &Database{Dialect: s.kind, URL: s.url(s.port, name), DB: db}
}

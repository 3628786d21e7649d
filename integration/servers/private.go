package servers

import (
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/kit"
)

// Server is a PostgreSQL, MariaDB or MySQL of one test, which may stop it and change its
// settings without disturbing others.
type Server struct{ *server }

// NewServer starts a server that ends with the test; args are further arguments
// of the program.
func NewServer(t testing.TB, dialect Kind, args ...string) *Server {
	t.Helper()
	return newServer(t, dialect, 0, args...)
}

func newServer(t testing.TB, dialect Kind, disk int64, args ...string) *Server {
	t.Helper()
	shared, ok := map[Kind]*server{PostgreSQL: postgreSQL, MySQL: mySQL}[dialect]
	if !ok {
		t.Fatalf("%s is no server", dialect)
	}
	s := &Server{&server{
		kind: shared.kind, driver: shared.driver, admin: shared.admin, account: shared.account,
		start: shared.start, args: args, disk: disk, dsn: shared.dsn, url: shared.url, drop: shared.drop,
	}}
	t.Cleanup(s.stop)
	s.use(t)
	return s
}

// NewDatabase makes a database with Glance's schema in this server.
func (s *Server) NewDatabase(t testing.TB) *Database {
	t.Helper()
	name := s.create(t)
	db, err := sql.Open(s.driver, s.dsn(s.port, name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	d := &Database{Dialect: s.kind, URL: s.url(s.port, name), DB: db}
	d.Load(t, "train")
	return d
}

// Exec runs a statement as the administrator.
func (s *Server) Exec(t testing.TB, statement string) {
	t.Helper()
	if _, err := s.db.Exec(statement); err != nil {
		t.Fatalf("%s: %s: %v", s.kind, statement, err)
	}
}

// Stop ends the server as its service manager does; its data stay.
func (s *Server) Stop(t testing.TB) {
	t.Helper()
	signal := syscall.SIGTERM
	if s.kind == PostgreSQL {
		signal = syscall.SIGINT // without waiting for its clients
	}
	s.end(t, signal)
}

// Kill ends the server without giving it time for anything. What was committed
// stays: servers of tests write it late, but here before the end.
func (s *Server) Kill(t testing.TB) {
	t.Helper()
	for _, statement := range map[Kind][]string{
		PostgreSQL: {"CHECKPOINT"},
		// A commit takes those before it along to the disk.
		MySQL: {"SET GLOBAL innodb_flush_log_at_trx_commit = 1", "CREATE TABLE IF NOT EXISTS mysql.killed (n INT) ENGINE=InnoDB", "INSERT INTO mysql.killed VALUES (1)"},
	}[s.kind] {
		s.Exec(t, statement)
	}
	s.end(t, syscall.SIGKILL)
}

// Durable are arguments with which a server has every commit that it has
// acknowledged when it starts again after Crash.
func Durable(dialect Kind) []string {
	return map[Kind][]string{
		PostgreSQL: {"-c", "synchronous_commit=on", "-c", "full_page_writes=on"},
		MySQL:      {"--innodb-flush-log-at-trx-commit=2", "--innodb-doublewrite=1"},
	}[dialect]
}

// Crash ends the server at once, in the middle of what it does.
func (s *Server) Crash(t testing.TB) {
	t.Helper()
	s.end(t, syscall.SIGKILL)
}

func (s *Server) end(t testing.TB, signal syscall.Signal) {
	t.Helper()
	_ = s.process.cmd.Process.Signal(signal)
	select {
	case <-s.process.done:
	case <-time.After(startLimit):
		t.Fatalf("%s does not stop:\n%s", s.kind, s.process.output())
	}
}

// Start runs the server again, on the same port with the same data.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	folder, program, args := s.process.folder, s.process.program, s.process.args
	// What MariaDB is to do at its first start it has done.
	if err := folder.write("init.sql", ""); err != nil {
		t.Fatal(err)
	}
	// A connection of before may still be answered by what is left of PostgreSQL.
	_ = s.db.Close()
	db, err := sql.Open(s.driver, s.dsn(s.port, s.admin))
	if err != nil {
		t.Fatal(err)
	}
	s.db = db
	// PostgreSQL does not start while processes of a killed server remain.
	up := kit.Poll(startLimit, func() bool {
		if s.process, err = launch(folder, program, args...); err != nil {
			t.Fatal(err)
		}
		err = s.process.await(db.PingContext)
		return err == nil
	})
	if !up {
		t.Fatalf("%s does not start again: %v", s.kind, err)
	}
}

// Pause stops the server where it is: its connections stay, without an answer.
// It goes on with the test's end, or with Continue.
func (s *Server) Pause(t testing.TB) {
	t.Helper()
	t.Cleanup(func() { s.signal(syscall.SIGCONT) })
	s.signal(syscall.SIGSTOP)
}

// Continue lets a paused server go on.
func (s *Server) Continue(t testing.TB) {
	t.Helper()
	s.signal(syscall.SIGCONT)
}

// signal reaches the processes that the server has started, too.
func (s *Server) signal(signal syscall.Signal) {
	pid := s.process.cmd.Process.Pid
	_ = syscall.Kill(pid, signal)
	files, _ := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/task/*/children")
	for _, file := range files {
		text, _ := os.ReadFile(file)
		for child := range strings.FieldsSeq(string(text)) {
			if n, err := strconv.Atoi(child); err == nil {
				_ = syscall.Kill(n, signal)
			}
		}
	}
}

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

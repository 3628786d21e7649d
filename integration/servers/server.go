package servers

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"syscall"
	"testing"

	"github.com/glancegate/glancegate/integration/kit"
)

// The account that every server knows, and that may do everything in it.
const (
	userName = "glance"
	password = "secret"
)

// server is a database server that the tests of one binary share. Everything in
// it is thrown away at the end, so it runs without any care for durability.
type server struct {
	kind    Kind
	driver  string // name in database/sql
	admin   string // a database that is always there
	account string // of the operating system, to run as when started by root
	start   func(f folder, port int, further ...string) (*process, error)
	args    []string                               // further ones
	disk    int64                                  // size of its disk in bytes; 0: that of the machine
	dsn     func(port int, database string) string // for driver
	url     func(port int, database string) string // as SQLAlchemy writes it
	drop    string                                 // SQL, with a %s for the name

	once    sync.Once
	err     error
	process *process
	port    int
	db      *sql.DB // on the admin database
	count   int     // of databases made so far
	mu      sync.Mutex
}

// use starts the server at the first call.
func (s *server) use(t testing.TB) {
	t.Helper()
	Require(t, s.kind)
	s.once.Do(func() {
		// Another program may have taken the port in the meantime.
		for range 3 {
			if s.err = s.startOnce(); s.err == nil {
				return
			}
		}
	})
	if s.err != nil {
		t.Fatalf("%s does not start: %v", s.kind, s.err)
	}
}

func (s *server) startOnce() error {
	port, err := kit.FreePort()
	if err != nil {
		return err
	}
	f, err := newFolder(s.kind, s.account)
	if err != nil {
		return err
	}
	if s.disk > 0 {
		if err := f.mount(s.disk); err != nil {
			f.remove()
			return err
		}
	}
	p, err := s.start(f, port, s.args...)
	if err != nil {
		f.remove()
		return err
	}
	db, err := sql.Open(s.driver, s.dsn(port, s.admin))
	if err == nil {
		err = p.await(db.PingContext)
	}
	if err != nil {
		p.stop(syscall.SIGKILL)
		return err
	}
	s.process, s.port, s.db = p, port, db
	return nil
}

// create makes an empty database and returns its name.
func (s *server) create(t testing.TB) string {
	t.Helper()
	s.use(t)
	s.mu.Lock()
	s.count++
	name := fmt.Sprintf("glance_%d", s.count)
	s.mu.Unlock()
	if _, err := s.db.ExecContext(t.Context(), "CREATE DATABASE "+name); err != nil {
		t.Fatalf("%s: %v", s.kind, err)
	}
	t.Cleanup(func() {
		if _, err := s.db.ExecContext(context.Background(), fmt.Sprintf(s.drop, name)); err != nil {
			t.Errorf("%s: drop %s: %v", s.kind, name, err)
		}
	})
	return name
}

func (s *server) stop() {
	if s.process != nil {
		_ = s.db.Close()
		s.process.stop(syscall.SIGQUIT)
	}
}

package feed

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"time"

	gomysql "github.com/go-mysql-org/go-mysql/mysql"
	"github.com/go-mysql-org/go-mysql/replication"
	"github.com/go-sql-driver/mysql"

	"github.com/glancegate/glancegate/dbbackend/dburl"
	"github.com/glancegate/glancegate/dbbackend/reach"
)

// mysqlSource reads the binlog of MySQL or MariaDB as a replica does.
type mysqlSource struct {
	url     *dburl.URL
	config  *mysql.Config
	servers *reach.Servers
}

func newMySQL(u *dburl.URL, servers *reach.Servers) (*mysqlSource, error) {
	config, _, err := u.MySQLConfig()
	if err != nil {
		return nil, err
	}
	config.Timeout = min(config.Timeout, connectLimit)
	config.Logger = &mysql.NopLogger{}
	// The shortest waits that MySQL knows.
	config.Params["innodb_lock_wait_timeout"] = "1"
	config.Params["lock_wait_timeout"] = "1"
	return &mysqlSource{u, config, servers}, nil
}

func (m *mysqlSource) follow(ctx context.Context, s *session) error {
	r := &reader{session: s, servers: m.servers, finished: make(chan *barrier)}
	for {
		if err := m.read(ctx, r); !r.mayResume(err) {
			return s.down(err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(firstPause / 4):
		}
	}
}

// read connects and reads until that fails.
func (m *mysqlSource) read(ctx context.Context, r *reader) error {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	setup, cancel := context.WithDeadline(ctx, r.deadline())
	defer cancel()
	server, err := m.open(setup)
	if err != nil {
		return err
	}
	defer server.db.Close()
	if err := r.begins(server); err != nil {
		return err
	}
	stream, err := m.dump(setup, server, r.position)
	if err != nil {
		return err
	}
	defer server.closeStream()
	var running sync.WaitGroup
	defer running.Wait()
	defer fail(nil)
	marks := make(chan gomysql.Position)
	running.Go(func() { fail(server.watch(ctx, marks)) })
	running.Go(func() { fail(server.receive(ctx, stream)) })
	if err = r.read(ctx, setup, &running, marks); !r.mayResume(err) {
		// At once: the rest takes its time.
		_ = r.session.down(err)
	}
	return err
}

// reader tells what the events of the binlog mean.
type reader struct {
	session *session
	server  *mysqlServer
	servers *reach.Servers

	position gomysql.Position    // up to here the binlog was read
	boundary gomysql.Position    // the last position between two transactions; without a name there is none
	heard    time.Time           // the last event
	marks    [2]gomysql.Position // where the server was at the last two looks
	columns  map[string]layout   // by lower-case table name; nil: to be read
	pending  transaction

	resumes  int
	waiting  []*barrier        // for their turn
	running  map[*barrier]bool // those that run
	finished chan *barrier
}

// read runs until the feed is broken. The first event has to come before setup
// ends.
func (r *reader) read(ctx, setup context.Context, running *sync.WaitGroup, marks <-chan gomysql.Position) error {
	awaited := setup.Done()
	for {
		moved, err := sameServer(r.servers, r.server.origin)
		if err != nil {
			return err
		}
		for ; len(r.running) < maxBarriers && len(r.waiting) > 0; r.waiting = r.waiting[1:] {
			b := r.waiting[0]
			r.running[b] = true
			running.Go(func() { r.server.try(ctx, b, r.finished) })
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-awaited:
			return errMute
		case <-moved:
		case e := <-r.server.events:
			awaited = nil
			if err := r.event(ctx, e); err != nil {
				return err
			}
			r.noteBoundary(e)
			if r.session.since.IsZero() {
				r.session.up()
			}
			r.heard = time.Now()
			r.session.sink.Heard()
		case b := <-r.finished:
			delete(r.running, b)
			if err := r.passed(b); err != nil {
				return err
			}
		case mark := <-marks:
			if late := r.marks[0]; late.Name != "" && before(r.position, late) {
				return fmt.Errorf("the binlog arrives more than a second late (it was read up to %s, the server was at %s)", r.position, late)
			}
			r.marks = [2]gomysql.Position{r.marks[1], mark}
			if len(r.running) == 0 {
				r.resumes = 0
			}
		}
	}
}

// mysqlServer is the server whose binlog is read, with connections that ask it.
type mysqlServer struct {
	db      *sql.DB
	nodes   reach.Servers // that db leads to
	schema  string
	mariaDB bool
	node    string
	origin  string // as the gateway's own connections name it

	opened time.Time
	uptime time.Duration // of the server, then

	start       gomysql.Position
	columns     map[string]layout // of before start
	events      chan *replication.BinlogEvent
	closeStream func()
}

// open connects and looks whether the server can be followed.
func (m *mysqlSource) open(ctx context.Context) (*mysqlServer, error) {
	connector, err := mysql.NewConnector(m.config.Clone())
	if err != nil {
		return nil, err
	}
	server := &mysqlServer{schema: m.config.DBName, events: make(chan *replication.BinlogEvent)}
	server.db = sql.OpenDB(reach.MySQL{Connector: connector, Servers: &server.nodes, Node: true})
	server.db.SetMaxOpenConns(maxBarriers + 2)
	server.db.SetMaxIdleConns(3)
	server.db.SetConnMaxLifetime(10 * time.Minute)
	if err := m.inspect(ctx, server); err != nil {
		_ = server.db.Close()
		return nil, err
	}
	return server, nil
}

// watch asks the server again and again where its binlog is and whether it still
// has what a feed needs.
func (s *mysqlServer) watch(ctx context.Context, marks chan<- gomysql.Position) error {
	return every(ctx, beatInterval, func() error {
		ask, cancel := context.WithTimeoutCause(ctx, answerLimit, errMute)
		defer cancel()
		_, err := s.settings(ask)
		var mark gomysql.Position
		if err == nil {
			mark, err = s.position(ask)
		}
		if err == nil {
			err = s.checkNodes()
		}
		if ask.Err() != nil {
			return context.Cause(ask)
		}
		if err != nil {
			return err
		}
		select {
		case marks <- mark:
		case <-ctx.Done():
		}
		return nil
	})
}

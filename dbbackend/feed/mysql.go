package feed

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-mysql-org/go-mysql/replication"
	"github.com/go-sql-driver/mysql"

	"github.com/glancegate/glancegate/dbbackend/dburl"
	"github.com/glancegate/glancegate/dbbackend/reach"
)

// mysqlSource reads the binlog of MySQL or MariaDB as a replica does.
type mysqlSource struct {
	config  *mysql.Config
	servers *reach.Servers
	plugins reach.Plugins

	// statement is that of mysqlServer.
	statement atomic.Int32
}

func newMySQL(u *dburl.URL, servers *reach.Servers) (*mysqlSource, error) {
	config, _, err := u.MySQLConfig()
	if err != nil {
		return nil, err
	}
	config.Timeout = min(config.Timeout, connectLimit)
	source := &mysqlSource{config: config, servers: servers}
	config.Logger = &source.plugins
	// The shortest waits that MySQL knows.
	config.Params["innodb_lock_wait_timeout"] = "1"
	config.Params["lock_wait_timeout"] = "1"
	return source, nil
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
	server, err := m.newServer()
	if err != nil {
		return err
	}
	defer server.close()
	lasting := ctx
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	setup, cancel := context.WithDeadlineCause(ctx, r.deadline(), errSlowConnect)
	defer cancel()
	var stream *replication.BinlogStreamer
	if err = m.inspect(setup, lasting, server); err == nil {
		err = r.begins(setup, server)
	}
	if err == nil {
		stream, err = m.dump(setup, server, r.position)
	}
	if err != nil {
		err = ended(setup, err)
		if r.session.since.IsZero() { // there is time to ask the server
			err = server.advise(ctx, err)
		}
		return r.breaks(err)
	}
	defer server.closeStream()
	var running sync.WaitGroup
	defer running.Wait()
	defer fail(nil)
	looks := make(chan look)
	running.Go(func() { fail(server.watch(ctx, looks)) })
	running.Go(func() { fail(server.receive(ctx, stream)) })
	return r.breaks(r.read(ctx, setup, &running, looks))
}

var errSlowConnect = errors.New("a connection to the database takes too long, or the database does not answer on it")

// ended is why ctx has ended where that is what err says, and err otherwise.
func ended(ctx context.Context, err error) error {
	if end := ctx.Err(); end != nil && errors.Is(err, end) {
		return context.Cause(ctx)
	}
	return err
}

// newServer prepares connections.
func (m *mysqlSource) newServer() (*mysqlServer, error) {
	connector, err := mysql.NewConnector(m.config.Clone())
	if err != nil {
		return nil, err
	}
	server := &mysqlServer{schema: m.config.DBName, account: quoteText(m.config.User) + "@'%'", statement: &m.statement, events: make(chan *replication.BinlogEvent)}
	reached := reach.MySQL{Connector: connector, Servers: &server.nodes, Node: true, Plugins: &m.plugins}
	server.db, server.leads = sql.OpenDB(reached), reached.Leads
	server.db.SetMaxOpenConns(maxBarriers + 3)
	server.db.SetMaxIdleConns(3)
	server.db.SetConnMaxLifetime(10 * time.Minute)
	return server, nil
}

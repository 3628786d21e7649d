// Package binlog follows the changes of a MySQL or MariaDB database by the binary log of
// its server.
package binlog

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-mysql-org/go-mysql/replication"
	"github.com/go-sql-driver/mysql"

	"github.com/glancegate/glancegate/dbbackend/feed/internal/follow"
	"github.com/glancegate/glancegate/dbbackend/internal/dbserver"
	"github.com/glancegate/glancegate/internal/dburl"
)

// Source reads the binlog of MySQL or MariaDB as a replica does.
type Source struct {
	config  *mysql.Config
	servers *dbserver.Connections
	plugins dbserver.PluginLogger

	// statement is that of server.
	statement atomic.Int32
}

func New(u *dburl.URL, servers *dbserver.Connections) (*Source, error) {
	config, _, err := u.MySQLConfig()
	if err != nil {
		return nil, err
	}
	config.Timeout = min(config.Timeout, follow.ConnectTimeout)
	source := &Source{config: config, servers: servers}
	config.Logger = &source.plugins
	// The shortest timeouts of MySQL.
	config.Params["innodb_lock_wait_timeout"] = "1"
	config.Params["lock_wait_timeout"] = "1"
	return source, nil
}

func (m *Source) Follow(ctx context.Context, s *follow.Session) error {
	r := &reader{session: s, servers: m.servers, finished: make(chan *barrier)}
	for {
		if err := m.read(ctx, r); !r.mayResume(err) {
			return s.Down(err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(resumePause):
		}
	}
}

// read connects and reads the binlog until that fails.
func (m *Source) read(ctx context.Context, r *reader) error {
	server, err := m.newServer()
	if err != nil {
		return err
	}
	defer server.close()
	lasting := ctx
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	setup, cancel := context.WithDeadlineCause(ctx, r.deadline(), errConnectTimeout)
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
		if !r.session.IsUp() { // there is time to ask the server
			err = server.advise(ctx, err)
		}
		return r.breaks(err)
	}
	defer server.closeStream()
	var running sync.WaitGroup
	defer running.Wait()
	defer fail(nil)
	checks := make(chan check)
	running.Go(func() { fail(server.watch(ctx, checks)) })
	running.Go(func() { fail(server.receive(ctx, stream)) })
	return r.breaks(r.read(ctx, setup, &running, checks))
}

var errConnectTimeout = errors.New("a connection to the database takes too long, or the database does not answer on it")

// ended returns the cause of the end of ctx if err says that ctx ended, and err
// otherwise.
func ended(ctx context.Context, err error) error {
	if end := ctx.Err(); end != nil && errors.Is(err, end) {
		return context.Cause(ctx)
	}
	return err
}

// newServer prepares connections.
func (m *Source) newServer() (*server, error) {
	connector, err := mysql.NewConnector(m.config.Clone())
	if err != nil {
		return nil, err
	}
	server := &server{schema: m.config.DBName, account: quoteText(m.config.User) + "@'%'", statement: &m.statement, events: make(chan *replication.BinlogEvent)}
	reached := dbserver.MySQLConnector{Connector: connector, Servers: &server.nodes, Node: true, Plugins: &m.plugins}
	server.db, server.leads = sql.OpenDB(reached), reached.Probe
	server.db.SetMaxOpenConns(maxBarriers + 3)
	server.db.SetMaxIdleConns(3)
	server.db.SetConnMaxLifetime(10 * time.Minute)
	return server, nil
}

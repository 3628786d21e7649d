package dbbackend

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/glancegate/glancegate/dbbackend/internal/dbserver"
	"github.com/glancegate/glancegate/internal/dialer"
)

// mysqlConnector makes connections whose statements end with their requests.
type mysqlConnector struct {
	driver.Connector
	killer  *killer
	timeout time.Duration // for the whole of connecting
}

// newMySQLConnector changes how config dials.
func newMySQLConnector(config *mysql.Config) (*mysqlConnector, error) {
	dial := dialer.New(0) // config.Timeout is the context's
	config.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := dial.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		g := &greeting{Conn: c, head: []byte{}}
		if put, ok := ctx.Value(greetingKey{}).(**greeting); ok {
			*put = g
		}
		return g, nil
	}
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return nil, err
	}
	return &mysqlConnector{connector, newKiller(connector), config.Timeout}, nil
}

// Connect implements driver.Connector.
func (m *mysqlConnector) Connect(ctx context.Context) (driver.Conn, error) {
	var g *greeting
	connecting, cancel := context.WithTimeout(context.WithValue(ctx, greetingKey{}, &g), m.timeout)
	defer cancel()
	c, err := m.Connector.Connect(connecting)
	if err != nil {
		var answer *mysql.MySQLError
		if ctx.Err() != nil || errors.As(err, &answer) {
			return nil, err
		}
		return nil, &connectError{err}
	}
	conn, ok := c.(dbserver.MySQLConn)
	if !ok {
		_ = c.Close()
		return nil, errors.New("the MySQL driver lacks what the end of statements needs")
	}
	guarded := &guardedConn{MySQLConn: conn, killer: m.killer, id: g.id}
	if guarded.server, err = serverOf(connecting, conn); err != nil {
		_ = c.Close()
		return nil, err
	}
	return guarded, nil
}

// guardedConn is a connection whose statements the server ends when their
// requests end, and that is given up when its server is of no use.
type guardedConn struct {
	dbserver.MySQLConn
	killer *killer
	id     uint32
	server string
	bad    bool
}

// IsValid implements driver.Validator.
func (c *guardedConn) IsValid() bool { return !c.bad && c.MySQLConn.IsValid() }

// QueryContext implements driver.QueryerContext.
func (c *guardedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	call := c.call(ctx)
	rows, err := c.MySQLConn.QueryContext(call.inner, query, args)
	if err = call.returned(err); err != nil {
		if rows != nil {
			_ = rows.Close()
		}
		call.end()
		return nil, err
	}
	return guardedRows{rows, call}, nil
}

// ExecContext implements driver.ExecerContext.
func (c *guardedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if query == "COMMIT" { // which has a bound of its own, and is not to be killed
		result, err := c.MySQLConn.ExecContext(ctx, query, args)
		c.bad = c.bad || givesUp(err)
		return result, err
	}
	call := c.call(ctx)
	defer call.end()
	result, err := c.MySQLConn.ExecContext(call.inner, query, args)
	return result, call.returned(err)
}

// guardedRows end with the request as well.
type guardedRows struct {
	driver.Rows
	call *call
}

// Close implements driver.Rows.
func (r guardedRows) Close() error {
	err := r.Rows.Close()
	r.call.end()
	return err
}

// call is a statement that runs.
type call struct {
	conn   *guardedConn
	ctx    context.Context // of the request
	inner  context.Context // ends the connection
	cancel context.CancelFunc
	stop   func() bool

	mu       sync.Mutex
	answered chan struct{} // closed when the server has answered
	killed   chan struct{} // closed when the server was asked to end it; nil: it was not
}

func (c *guardedConn) call(ctx context.Context) *call {
	l := &call{conn: c, ctx: ctx, answered: make(chan struct{})}
	l.inner, l.cancel = context.WithCancel(context.WithoutCancel(ctx))
	l.stop = context.AfterFunc(ctx, l.interrupt)
	return l
}

// interrupt has the server end the statement, and ends the connection where that
// does not work. An answer that is being read needs no more than the latter.
func (l *call) interrupt() {
	defer l.cancel()
	l.mu.Lock()
	select {
	case <-l.answered:
		l.mu.Unlock()
		return
	default:
	}
	l.killed = make(chan struct{})
	l.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), interruptTime)
	defer cancel()
	ok := l.conn.killer.kill(ctx, l.conn)
	close(l.killed)
	if ok {
		select {
		case <-l.answered:
		case <-ctx.Done():
		}
	}
}

// returned notes that the server has answered. The error is that of the request
// where the statement was ended for it.
func (l *call) returned(err error) error {
	l.mu.Lock()
	close(l.answered)
	killed := l.killed
	l.mu.Unlock()
	c := l.conn
	c.bad = c.bad || givesUp(err)
	if killed == nil {
		return err
	}
	<-killed // nothing may end the next statement in place of this one
	var answer *mysql.MySQLError
	if !errors.As(err, &answer) || answer.Number != erQueryInterrupted {
		c.bad = true
	}
	if err == nil {
		return l.ctx.Err()
	}
	return fmt.Errorf("%w: %v", l.ctx.Err(), err)
}

func (l *call) end() {
	l.stop()
	l.cancel()
}

// serverOf tells servers behind one address apart.
func serverOf(ctx context.Context, conn driver.QueryerContext) (string, error) {
	rows, err := conn.QueryContext(ctx, "SELECT CONCAT_WS(' ', @@hostname, @@port, @@server_id, @@socket, @@datadir)", nil)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	row := make([]driver.Value, 1)
	if err := rows.Next(row); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s", row[0]), nil
}

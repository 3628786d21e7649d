// Package mysqlconn makes connections to MySQL and MariaDB whose statements end on
// the server when their requests end.
package mysqlconn

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
	"github.com/glancegate/glancegate/dbbackend/internal/fault"
	"github.com/glancegate/glancegate/internal/dialer"
)

// Connector makes connections whose statements end with their requests.
type Connector struct {
	driver.Connector
	killer  *killer
	timeout time.Duration // of connecting as a whole

	// interruptTimeout is how long the server has to end a statement whose request has
	// ended. After that the connection is closed.
	interruptTimeout time.Duration
}

// New prepares connections. It sets config's DialFunc.
func New(config *mysql.Config, interruptTimeout time.Duration) (*Connector, error) {
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
	return &Connector{connector, newKiller(connector), config.Timeout, interruptTimeout}, nil
}

// Connect implements driver.Connector.
func (m *Connector) Connect(ctx context.Context) (driver.Conn, error) {
	var g *greeting
	connecting, cancel := context.WithTimeout(context.WithValue(ctx, greetingKey{}, &g), m.timeout)
	defer cancel()
	c, err := m.Connector.Connect(connecting)
	if err != nil {
		return nil, notConnected(ctx, err)
	}
	conn, ok := c.(dbserver.MySQLConn)
	if !ok {
		_ = c.Close()
		return nil, errors.New("the MySQL driver lacks methods that ending statements needs")
	}
	guarded := &guardedConn{MySQLConn: conn, connector: m, id: g.id}
	if guarded.server, err = serverOf(connecting, conn); err != nil {
		_ = c.Close()
		return nil, notConnected(ctx, err)
	}
	return guarded, nil
}

// notConnected marks an error of connecting, but for an answer of the server and the end
// of the request: a deadline that has passed is not the request's own.
func notConnected(request context.Context, err error) error {
	var answer *mysql.MySQLError
	if request.Err() != nil || errors.As(err, &answer) {
		return err
	}
	return fault.Connecting(err)
}

// guardedConn is a connection whose statements end with their requests, and that is
// closed when its server can't work.
type guardedConn struct {
	dbserver.MySQLConn
	connector *Connector
	id        uint32
	server    string
	bad       bool

	prepared   map[string]statement // by text
	unprepared bool                 // the server refuses to prepare statements
}

// IsValid implements driver.Validator.
func (c *guardedConn) IsValid() bool { return !c.bad && c.MySQLConn.IsValid() }

// QueryContext implements driver.QueryerContext.
func (c *guardedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	call := c.call(ctx)
	rows, err := c.query(call.inner, query, args)
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
	if query == "COMMIT" { // it has its own timeout and must not be killed
		result, err := c.MySQLConn.ExecContext(ctx, query, args)
		c.bad = c.bad || fault.EndsConnection(err)
		return result, err
	}
	call := c.call(ctx)
	defer call.end()
	result, err := c.MySQLConn.ExecContext(call.inner, query, args)
	return result, call.returned(err)
}

// guardedRows end with the request, too.
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

// call is a running statement.
type call struct {
	conn   *guardedConn
	ctx    context.Context // of the request
	inner  context.Context // ends the connection
	cancel context.CancelFunc
	stop   func() bool

	mu       sync.Mutex
	answered chan struct{} // closed when the server has answered
	killed   chan struct{} // closed after the server was asked to end it; nil: not asked
}

func (c *guardedConn) call(ctx context.Context) *call {
	l := &call{conn: c, ctx: ctx, answered: make(chan struct{})}
	l.inner, l.cancel = context.WithCancel(context.WithoutCancel(ctx))
	l.stop = context.AfterFunc(ctx, l.interrupt)
	return l
}

// interrupt asks the server to end the statement, and ends the connection if that
// fails. While a result is read, it only ends the connection.
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
	ctx, cancel := context.WithTimeout(context.Background(), l.conn.connector.interruptTimeout)
	defer cancel()
	ok := l.conn.connector.killer.kill(ctx, l.conn)
	close(l.killed)
	if ok {
		select {
		case <-l.answered:
		case <-ctx.Done():
		}
	}
}

// returned notes that the server has answered. If the statement was ended with its
// request, the error is that of the request.
func (l *call) returned(err error) error {
	l.mu.Lock()
	close(l.answered)
	killed := l.killed
	l.mu.Unlock()
	c := l.conn
	c.bad = c.bad || fault.EndsConnection(err)
	if killed == nil {
		return err
	}
	<-killed // a late KILL must not hit the next statement
	var answer *mysql.MySQLError
	if !errors.As(err, &answer) || answer.Number != fault.ErQueryInterrupted {
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

// serverOf identifies the server, since several may share an address.
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

package mysqlconn

import (
	"context"
	"database/sql/driver"
	"strconv"
	"sync/atomic"

	"github.com/glancegate/glancegate/dbbackend/internal/dbserver"
)

// killer ends statements on the server. Closing a connection does not: its session
// would go on waiting for a lock, and count as a connection, while the pool opens
// another one. The killer has one connection, while there are statements to end.
type killer struct {
	connector driver.Connector
	turn      chan struct{} // full while the connection is in use
	waiting   atomic.Int32  // calls of kill
	conn      dbserver.MySQLConn
	server    string
}

func newKiller(connector driver.Connector) *killer {
	return &killer{connector: connector, turn: make(chan struct{}, 1)}
}

// maxServers bounds the attempts to reach the session's server, if the address leads
// to several.
const maxServers = 3

// kill ends the statement of a connection. It returns false if it can't.
func (k *killer) kill(ctx context.Context, c *guardedConn) bool {
	if c.id == 0 {
		return false
	}
	k.waiting.Add(1)
	defer k.waiting.Add(-1)
	select {
	case k.turn <- struct{}{}:
	case <-ctx.Done():
		return false
	}
	defer func() { <-k.turn }()
	defer k.release()
	for range maxServers {
		if !k.connect(ctx) {
			return false
		}
		if k.server == c.server {
			_, err := k.conn.ExecContext(ctx, "KILL QUERY "+strconv.FormatUint(uint64(c.id), 10), nil)
			if err != nil {
				k.close()
			}
			return err == nil
		}
		k.close()
	}
	return false
}

// connect makes a connection unless there is one.
func (k *killer) connect(ctx context.Context) bool {
	if k.conn != nil && k.conn.IsValid() {
		return true
	}
	k.close()
	c, err := k.connector.Connect(ctx)
	if err != nil {
		return false
	}
	conn, ok := c.(dbserver.MySQLConn)
	if !ok {
		_ = c.Close()
		return false
	}
	k.conn = conn
	if k.server, err = serverOf(ctx, conn); err != nil {
		k.close()
		return false
	}
	return true
}

// release closes the connection unless another call needs it.
func (k *killer) release() {
	if k.waiting.Load() <= 1 {
		k.close()
	}
}

func (k *killer) close() {
	if k.conn != nil {
		_ = k.conn.Close()
		k.conn = nil
	}
}

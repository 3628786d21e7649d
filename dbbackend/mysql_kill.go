package dbbackend

import (
	"context"
	"database/sql/driver"
	"strconv"
	"sync/atomic"

	"github.com/glancegate/glancegate/dbbackend/internal/dbserver"
)

// killer ends statements on the server. A client that leaves does not: its session
// would wait for a lock on, and count, while the pool opens another one. It has
// one connection at a time, for as long as there is something to end.
type killer struct {
	connector driver.Connector
	turn      chan struct{} // full while the connection is in use
	waiting   atomic.Int32  // how many have something to end
	conn      dbserver.MySQLConn
	server    string
}

func newKiller(connector driver.Connector) *killer {
	return &killer{connector: connector, turn: make(chan struct{}, 1)}
}

// maxServersToKill bounds the search for the server of a session behind an address
// that leads to several.
const maxServersToKill = 3

// kill ends the statement of a connection. It is false where that can't be done.
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
	defer k.rest()
	for range maxServersToKill {
		if !k.connected(ctx) {
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

// connected makes a connection unless there is one.
func (k *killer) connected(ctx context.Context) bool {
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

// rest closes the connection unless somebody else waits for it.
func (k *killer) rest() {
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

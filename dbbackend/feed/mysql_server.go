package feed

import (
	"context"
	"database/sql"
	"sync/atomic"
	"time"

	"github.com/go-mysql-org/go-mysql/replication"

	"github.com/glancegate/glancegate/dbbackend/reach"
)

// mysqlServer is the server whose binlog is read, with connections that ask it.
type mysqlServer struct {
	db      *sql.DB
	nodes   reach.Servers // that db leads to
	schema  string
	mariaDB bool
	version serverVersion
	account string // of the user, quoted
	node    string
	origin  string // as the gateway's own connections name it

	opened time.Time
	uptime time.Duration // of the server, then

	galera bool
	causal *causalReads // nil: there is no cluster

	leads     func(context.Context) (string, error) // to which server a new connection leads
	addressed time.Time                             // when the last one began that led here

	// statement is the number of the binlogStatements that the server understands; it
	// outlasts the connections.
	statement *atomic.Int32

	first       look
	last        history
	columns     map[string]layout // of before the end of first
	events      chan *replication.BinlogEvent
	closeStream func()
}

// close gives up all connections. A node that lags is asked again only once it has
// answered, until lasting ends.
func (s *mysqlServer) close() {
	s.causal.settle(func() bool {
		ctx, cancel := context.WithTimeout(s.causal.ctx, answerLimit)
		defer cancel()
		return s.db.PingContext(ctx) == nil
	})
	s.causal.close()
	_ = s.db.Close()
}

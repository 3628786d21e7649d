package binlog

import (
	"context"
	"database/sql"
	"sync/atomic"
	"time"

	"github.com/go-mysql-org/go-mysql/replication"

	"github.com/glancegate/glancegate/dbbackend/feed/internal/follow"
	"github.com/glancegate/glancegate/dbbackend/internal/dbserver"
)

// server is the server whose binlog is read, with connections for questions to it.
type server struct {
	db      *sql.DB
	nodes   dbserver.Connections // that db leads to
	schema  string
	mariaDB bool
	version serverVersion
	account string // of the user, quoted
	node    string
	origin  string // as the gateway's own connections name it

	opened time.Time
	uptime time.Duration // of the server, then

	galera bool
	causal *causalReads // nil: no cluster

	leads     func(context.Context) (string, error) // to which server a new connection leads
	addressed time.Time                             // when the last one that led here began

	// statement is the number of the binlogStatements that the server understands; it
	// outlasts the connections.
	statement *atomic.Int32

	first       check
	last        binlogState
	columns     map[string]layout // read before first ended
	events      chan *replication.BinlogEvent
	closeStream func()
}

// close closes all connections. It first waits for a lagging node's answer to the
// current causal read, so that such reads do not pile up.
func (s *server) close() {
	s.causal.wait(func() bool {
		ctx, cancel := context.WithTimeout(s.causal.ctx, follow.AnswerTimeout)
		defer cancel()
		return s.db.PingContext(ctx) == nil
	})
	s.causal.close()
	_ = s.db.Close()
}

package binlog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	gomysql "github.com/go-mysql-org/go-mysql/mysql"
	"github.com/go-sql-driver/mysql"

	"github.com/glancegate/glancegate/dbbackend/feed/internal/follow"
)

const (
	// maxLag is how far a node may lag behind its cluster while the feed is up.
	maxLag = follow.AnswerTimeout
	// startLag is how far it may lag for the feed to come up. It is less, so that a
	// node close to the limit does not bring the feed up and down.
	startLag = maxLag / 2
)

// Errors of Group Replication: the member is not online; the other members did not
// report what they have committed.
const (
	errGroupState = 3796 // ER_GRP_TRX_CONSISTENCY_NOT_ALLOWED
	errGroupWait  = 3797 // ER_GRP_TRX_CONSISTENCY_BEFORE
)

// causalReads is a connection whose reads wait until the node has everything that
// its cluster had committed when they began. Nothing else shows that a node lags or
// has left the cluster: it answers questions about its variables at once, and its
// status does not count what it has not received.
type causalReads struct {
	node  string
	conn  *sql.Conn
	ctx   context.Context // of the reads, which may outlast the calls of read
	end   context.CancelFunc
	reads chan error // the result of the current read; nil: there is none
}

// openCausal prepares a connection of db with a statement, reach.Causal. The reads
// end when lasting ends.
func openCausal(ctx, lasting context.Context, s *server, prepare string) (*causalReads, error) {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return nil, interruption(err)
	}
	c := &causalReads{node: s.node, conn: conn}
	c.ctx, c.end = context.WithCancel(lasting)
	if _, err := conn.ExecContext(ctx, prepare); err != nil {
		c.close()
		return nil, interruption(err)
	}
	return c, nil
}

// read makes a causal read of a table; reads without a table do not wait. It returns
// after limit, but does not cancel the read: the node would not notice, and would
// keep a thread for each until it has caught up.
func (c *causalReads) read(ctx context.Context, limit time.Duration) error {
	if c == nil {
		return nil
	}
	answer := make(chan error, 1)
	c.reads = answer
	go func() {
		var n int
		answer <- c.conn.QueryRowContext(c.ctx, "SELECT COUNT(*) FROM images WHERE id = ''").Scan(&n)
	}()
	late := time.NewTimer(limit)
	defer late.Stop()
	select {
	case err := <-answer:
		c.reads = nil
		return c.explain(interruption(err))
	case <-late.C:
		return c.lags()
	case <-ctx.Done():
		if errors.Is(context.Cause(ctx), errNoAnswer) {
			return c.lags()
		}
		return ctx.Err()
	}
}

func (c *causalReads) lags() error {
	return fmt.Errorf("the node lags behind the cluster: a causal read of %s takes more than a second", c.node)
}

// explain says what an error of the node means.
func (c *causalReads) explain(err error) error {
	var e *mysql.MySQLError
	if !errors.As(err, &e) {
		return err
	}
	switch e.Number {
	case gomysql.ER_UNKNOWN_COM_ERROR: // what Galera answers
		return fmt.Errorf("the node has left the primary component of the cluster (%s): %w", c.node, err)
	case errGroupState, errGroupWait:
		return fmt.Errorf("the member is not online in its group (%s): %w", c.node, err)
	case gomysql.ER_LOCK_WAIT_TIMEOUT:
		return fmt.Errorf("the node lags behind the cluster (%s): %w", c.node, err)
	}
	return err
}

// wait waits for the current read, as long as useful returns true.
func (c *causalReads) wait(useful func() bool) {
	for c != nil && c.reads != nil {
		select {
		case <-c.reads:
			c.reads = nil
		case <-c.ctx.Done():
			return
		case <-time.After(time.Second):
			if !useful() {
				return
			}
		}
	}
}

// close cancels the current read.
func (c *causalReads) close() {
	if c == nil {
		return
	}
	c.end()
	if c.reads != nil {
		<-c.reads
	}
	_ = c.conn.Close()
}

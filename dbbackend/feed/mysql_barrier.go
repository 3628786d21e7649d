package feed

import (
	"context"
	"errors"
	"fmt"
	"time"

	gomysql "github.com/go-mysql-org/go-mysql/mysql"
	"github.com/go-sql-driver/mysql"
)

const (
	// maxBarriers run at a time, each on a connection of its own.
	maxBarriers = 8
	// maxWaiting is how many may wait for that.
	maxWaiting = 10_000
	// barrierLimit is more than the longest wait for a lock.
	barrierLimit = 3 * time.Second
)

// barrier finds out when a transaction of the binlog is visible. The server
// sends it before: a transaction is written to the binlog first and then
// committed in InnoDB, which takes as long as a semi-synchronous replica, say,
// takes to answer. But it holds the locks of its rows all the time, and gives
// them back after it became visible. So whoever gets the lock of one of its rows
// is behind it.
type barrier struct {
	// table and key name one row that the transaction changed. Without them all
	// transactions that are under way are waited for.
	table string
	key   any

	settle func() // of the sink; nil: everything changed
	err    error
}

// passed deals with a barrier that has run.
func (r *reader) passed(b *barrier) error {
	if b.settle == nil {
		r.session.sink.ChangedAll()
	}
	switch {
	case isContention(b.err):
		// Somebody else has the row now. Others take their turn.
		r.waiting = append(r.waiting, b)
	case b.err != nil:
		r.waiting = append(r.waiting, b)
		return fmt.Errorf("the connection that waits for commits: %w", b.err)
	case b.settle == nil:
		r.resumes = 0
		r.unsettled--
	default:
		r.resumes = 0
		b.settle()
	}
	return nil
}

func isContention(err error) bool {
	var e *mysql.MySQLError
	return errors.As(err, &e) && (e.Number == gomysql.ER_LOCK_WAIT_TIMEOUT || e.Number == gomysql.ER_LOCK_DEADLOCK)
}

// try runs a barrier and reports that.
func (s *mysqlServer) try(ctx context.Context, b *barrier, finished chan<- *barrier) {
	b.err = s.pass(ctx, b)
	select {
	case finished <- b:
	case <-ctx.Done():
	}
}

// pass waits for a transaction. One row a statement, so that it never holds a
// lock while it waits for another.
func (s *mysqlServer) pass(ctx context.Context, b *barrier) error {
	ctx, cancel := context.WithTimeout(ctx, barrierLimit)
	defer cancel()
	var err error
	if b.table == "" {
		err = s.quiesce(ctx)
	} else {
		var n int
		err = s.db.QueryRowContext(ctx, "SELECT COUNT(*) FROM "+b.table+" WHERE id = ? LOCK IN SHARE MODE", b.key).Scan(&n)
		err = interruption(err)
	}
	if err != nil {
		return err
	}
	return s.checkNodes()
}

// checkNodes makes sure that what was asked is the server whose binlog is read.
func (s *mysqlServer) checkNodes() error {
	if other, _ := s.nodes.Other(s.node); other != "" {
		return fmt.Errorf("connections reach another server (%s) than the one whose binlog is read (%s);"+
			" give a database URL that leads to one server", other, s.node)
	}
	return nil
}

// quiesce waits until all transactions that the binlog has now are visible.
func (s *mysqlServer) quiesce(ctx context.Context) error {
	if !s.mariaDB {
		return s.lockTables(ctx)
	}
	status, err := s.binlogStatus(ctx)
	if err != nil {
		return err
	}
	end, err := toPosition(status["File"], status["Position"])
	if err != nil {
		return err
	}
	for {
		visible, err := s.position(ctx)
		if err != nil {
			return err
		}
		if !before(visible, end) {
			return nil
		}
		select {
		case <-time.After(10 * time.Millisecond):
		case <-ctx.Done():
			return &mysql.MySQLError{Number: gomysql.ER_LOCK_WAIT_TIMEOUT, Message: "transactions are not visible yet"}
		}
	}
}

// lockTables waits for all transactions that have written to the tables: they
// hold on to them until they are over. A long one makes it fail after a second. It
// takes one table after the other, and never waits with one: with several at a
// time, an ALTER TABLE of somebody else would become the victim of a deadlock.
func (s *mysqlServer) lockTables(ctx context.Context) error {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return interruption(err)
	}
	defer conn.Close()
	for _, t := range tables {
		if _, err := conn.ExecContext(ctx, "LOCK TABLES "+t.name+" READ"); err != nil {
			return interruption(err)
		}
		if _, err := conn.ExecContext(ctx, "UNLOCK TABLES"); err != nil {
			return interruption(err)
		}
	}
	return nil
}

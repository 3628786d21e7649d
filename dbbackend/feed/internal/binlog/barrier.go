package binlog

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	gomysql "github.com/go-mysql-org/go-mysql/mysql"
	"github.com/go-sql-driver/mysql"

	"github.com/glancegate/glancegate/dbbackend/feed/internal/follow"
)

const (
	// maxBarriers run at a time, each on a connection of its own.
	maxBarriers = 8
	// maxWaiting is how many may wait for that.
	maxWaiting = 10_000
	// barrierTimeout is more than the longest wait for a lock.
	barrierTimeout = 3 * time.Second
)

// barrier finds out when a transaction of the binlog is visible. The server sends
// the transaction too early: it is written to the binlog first and then committed
// in InnoDB, which may have to wait for a semi-synchronous replica. But the
// transaction holds the locks of its rows until it is visible. So a session that
// gets the lock of one of these rows runs after it.
type barrier struct {
	// table and key name one row that the transaction changed. Without them the
	// barrier waits for all open transactions.
	table string
	key   any

	visible func() // of the sink; nil: everything changed
	err     error
}

// passed handles the result of a barrier.
func (r *reader) passed(b *barrier) error {
	if b.visible == nil {
		r.session.ChangedAll()
	}
	switch {
	case isContention(b.err):
		// Another session has the row. Other barriers take their turn.
		r.waiting = append(r.waiting, b)
	case b.err != nil:
		r.waiting = append(r.waiting, b)
		return fmt.Errorf("the connection that waits for commits: %w", b.err)
	case b.visible == nil:
		r.resumes = 0
		r.undecided--
	default:
		r.resumes = 0
		b.visible()
	}
	return nil
}

func isContention(err error) bool {
	var e *mysql.MySQLError
	return errors.As(err, &e) && (e.Number == gomysql.ER_LOCK_WAIT_TIMEOUT || e.Number == gomysql.ER_LOCK_DEADLOCK)
}

// try runs a barrier and returns it through finished.
func (s *server) try(ctx context.Context, b *barrier, finished chan<- *barrier) {
	b.err = s.pass(ctx, b)
	select {
	case finished <- b:
	case <-ctx.Done():
	}
}

// pass waits for a transaction. It locks only one row, so that it never holds a
// lock while it waits for another.
func (s *server) pass(ctx context.Context, b *barrier) error {
	ctx, cancel := context.WithTimeout(ctx, barrierTimeout)
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

// checkNodes makes sure that all connections lead to the server whose binlog is
// read.
func (s *server) checkNodes() error {
	if other, _ := s.nodes.Other(s.node); other != "" {
		return fmt.Errorf("connections reach another server (%s) than the one whose binlog is read (%s);"+
			" give a database URL that leads to one server", other, s.node)
	}
	return nil
}

// quiesce waits until all transactions that the binlog has now are visible.
func (s *server) quiesce(ctx context.Context) error {
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

// lockTables waits for all transactions that have written to the tables, since they
// hold metadata locks until they end. It fails after a second if one takes longer.
// It locks one table at a time: with several, an ALTER TABLE of another session could
// become the victim of a deadlock.
func (s *server) lockTables(ctx context.Context) error {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return interruption(err)
	}
	defer conn.Close()
	for _, t := range follow.Tables {
		for _, statement := range []string{"LOCK TABLES " + t.Name + " READ", "UNLOCK TABLES"} {
			if _, err := conn.ExecContext(ctx, statement); err != nil {
				_ = conn.Raw(func(any) error { return driver.ErrBadConn }) // it may hold a lock
				return interruption(err)
			}
		}
	}
	return nil
}

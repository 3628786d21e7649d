package binlog

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	gomysql "github.com/go-mysql-org/go-mysql/mysql"
	"github.com/go-mysql-org/go-mysql/replication"
	"github.com/go-sql-driver/mysql"

	"github.com/glancegate/glancegate/dbbackend/feed/internal/follow"
)

// resumeTimeout is how long after the last event of a broken connection the next one
// has to arrive. If it does, the feed was never down.
const resumeTimeout = 1500 * time.Millisecond

// resumePause is the pause before a resume.
const resumePause = 25 * time.Millisecond

// interrupted is the end of a connection to a server that may still run.
type interrupted struct{ error }

func (i interrupted) Unwrap() error { return i.error }

// interruption wraps errors that are neither the server's answer nor a timeout.
func interruption(err error) error {
	var answer *mysql.MySQLError
	if err == nil || errors.As(err, &answer) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return err
	}
	return interrupted{err}
}

// maxResumes is how often the feed resumes without seeing any transaction become
// visible.
const maxResumes = 3

// noteBoundary remembers where to resume after an interruption: after an event that
// leaves no transaction open. Some servers send no positions.
func (r *reader) noteBoundary(e *replication.BinlogEvent) {
	switch e.Header.EventType {
	case replication.MARIADB_GTID_EVENT, replication.GTID_EVENT, replication.ANONYMOUS_GTID_EVENT, replication.GTID_TAGGED_LOG_EVENT:
		return
	}
	switch {
	case r.pending.open || r.pending.all || len(r.pending.ids) > 0:
	case e.Header.LogPos > 0 || e.Header.Flags&replication.LOG_EVENT_ARTIFICIAL_F != 0:
		r.boundary = r.position
	case e.Header.EventType != replication.FORMAT_DESCRIPTION_EVENT:
		r.boundary = gomysql.Position{}
	}
}

// mayResume reports whether only the connection broke, and just now.
func (r *reader) mayResume(err error) bool {
	var server *gomysql.MyError
	return errors.As(err, new(interrupted)) && !errors.As(err, &server) &&
		r.session.IsUp() && !r.session.IsDown() &&
		r.boundary.Name != "" && r.resumes < maxResumes && time.Since(r.lastEvent) < resumeTimeout
}

// breaks reports at once that the feed is down, unless it may resume: the cleanup
// takes time.
func (r *reader) breaks(err error) error {
	if !r.mayResume(err) {
		_ = r.session.Down(err)
	}
	return err
}

// deadline is when a connection has to be established.
func (r *reader) deadline() time.Time {
	if !r.session.IsUp() {
		return time.Now().Add(follow.ConnectTimeout)
	}
	return r.lastEvent.Add(resumeTimeout)
}

// begins starts a new connection: at the server's position, or where the previous
// connection broke, if the server is the same and was not restarted. A server that
// crashed may have lost changes that it sent.
func (r *reader) begins(ctx context.Context, server *server) error {
	old := r.server
	r.server = server
	r.pending = transaction{}
	r.checks = []check{server.first}
	if !r.session.IsUp() {
		r.position, r.columns = server.first.end, server.columns
	} else {
		if !server.isSameRun(old) {
			return errors.New("the connection broke, and the server is now another one or was restarted")
		}
		if err := server.continues(ctx, old.last, server.first.binlogState); err != nil {
			return err
		}
		r.position = r.boundary
		r.resumes++
	}
	for b := range r.running {
		r.waiting = append(r.waiting, b)
	}
	r.running = map[*barrier]bool{}
	return nil
}

// isSameRun compares the uptimes, which servers give in seconds.
func (s *server) isSameRun(old *server) bool {
	const accuracy = 1500 * time.Millisecond
	expected := old.uptime + s.opened.Sub(old.opened)
	return s.node == old.node && old.uptime > 2*accuracy && (s.uptime-expected).Abs() <= accuracy
}

func uptimeOf(text string) (now time.Time, uptime time.Duration, err error) {
	seconds, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		return now, 0, fmt.Errorf("the server's uptime is %q, not a number", text)
	}
	return time.Now(), time.Duration(seconds) * time.Second, nil
}

package feed

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	gomysql "github.com/go-mysql-org/go-mysql/mysql"
	"github.com/go-mysql-org/go-mysql/replication"
	"github.com/go-sql-driver/mysql"
)

// resumeLimit is how long after the last event the next one has to come when a
// connection broke. Where it does, the feed was never down.
const resumeLimit = 1500 * time.Millisecond

// interrupted is the end of a connection, of which a server that is still there
// may know nothing.
type interrupted struct{ error }

func (i interrupted) Unwrap() error { return i.error }

// interruption makes one of an error that is neither the server's answer nor the
// end of our patience.
func interruption(err error) error {
	var answer *mysql.MySQLError
	if err == nil || errors.As(err, &answer) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return err
	}
	return interrupted{err}
}

// maxResumes is how often the feed goes on without having made sure that a
// transaction became visible.
const maxResumes = 3

// noteBoundary remembers where to go on after an interruption: where an event
// has left no transaction open. Some servers don't say where an event is.
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

// mayResume tells whether the connection alone broke, a moment ago.
func (r *reader) mayResume(err error) bool {
	var server *gomysql.MyError
	return errors.As(err, new(interrupted)) && !errors.As(err, &server) &&
		!r.session.since.IsZero() && !r.session.ended &&
		r.boundary.Name != "" && r.resumes < maxResumes && time.Since(r.heard) < resumeLimit
}

// breaks tells at once that the feed is down, unless it goes on: what comes after
// that takes its time.
func (r *reader) breaks(err error) error {
	if !r.mayResume(err) {
		_ = r.session.down(err)
	}
	return err
}

// deadline is until when a connection has to be made.
func (r *reader) deadline() time.Time {
	if r.session.since.IsZero() {
		return time.Now().Add(connectLimit)
	}
	return r.heard.Add(resumeLimit)
}

// begins goes on with a new connection: from the server's position, or from
// where the connection of before has broken, if it is the same server and was
// not restarted. A server that crashed may have lost what it told.
func (r *reader) begins(ctx context.Context, server *mysqlServer) error {
	old := r.server
	r.server = server
	r.pending = transaction{}
	r.looks = []look{server.first}
	if r.session.since.IsZero() {
		r.position, r.columns = server.first.end, server.columns
	} else {
		if !server.isSameRun(old) {
			return errors.New("the connection broke, and the server is another one now or was restarted")
		}
		if err := server.continues(ctx, old.last, server.first.history); err != nil {
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

// isSameRun compares the uptime, which is told in seconds.
func (s *mysqlServer) isSameRun(old *mysqlServer) bool {
	const accuracy = 1500 * time.Millisecond
	expected := old.uptime + s.opened.Sub(old.opened)
	return s.node == old.node && old.uptime > 2*accuracy && (s.uptime-expected).Abs() <= accuracy
}

func uptimeOf(text string) (now time.Time, uptime time.Duration, err error) {
	seconds, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		return now, 0, fmt.Errorf("the server's uptime is %q, no number", text)
	}
	return time.Now(), time.Duration(seconds) * time.Second, nil
}

package binlog

import (
	"context"
	"sync"
	"time"

	gomysql "github.com/go-mysql-org/go-mysql/mysql"

	"github.com/glancegate/glancegate/dbbackend/feed/internal/follow"
	"github.com/glancegate/glancegate/dbbackend/internal/dbserver"
)

// reader turns the events of the binlog into reports of changes.
type reader struct {
	session *follow.Session
	server  *server
	servers *dbserver.Connections

	position  gomysql.Position  // up to here the binlog was read
	boundary  gomysql.Position  // the last position between two transactions; without a name there is none
	file      created           // the one with position
	lastEvent time.Time         // when it came
	checks    []check           // whose ends were not reached yet, the oldest first
	columns   map[string]layout // by lower-case table name; nil: to be read
	pending   transaction

	resumes   int
	waiting   []*barrier // not started yet
	running   map[*barrier]bool
	undecided int // barriers, waiting or running, of a change of everything
	finished  chan *barrier
}

// read runs until the feed fails. The first event has to arrive before setup ends.
func (r *reader) read(ctx, setup context.Context, running *sync.WaitGroup, checks <-chan check) error {
	awaited := setup.Done()
	for {
		moved, err := follow.SameServer(r.servers, r.server.origin)
		if err != nil {
			return err
		}
		for ; len(r.running) < maxBarriers && len(r.waiting) > 0; r.waiting = r.waiting[1:] {
			b := r.waiting[0]
			r.running[b] = true
			running.Go(func() { r.server.try(ctx, b, r.finished) })
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-awaited:
			return errNoAnswer
		case <-moved:
		case e := <-r.server.events:
			awaited = nil
			if err := r.event(ctx, e); err != nil {
				return err
			}
			r.noteBoundary(e)
			if !r.session.IsUp() {
				r.session.Up()
			}
			r.lastEvent = time.Now()
		case b := <-r.finished:
			delete(r.running, b)
			if err := r.passed(b); err != nil {
				return err
			}
		case l := <-checks:
			if err := r.inTime(); err != nil {
				return err
			}
			r.checks = append(r.checks, l)
			if len(r.running) == 0 {
				r.resumes = 0
			}
		}
		r.reportCurrent()
	}
}

package feed

import (
	"context"
	"sync"
	"time"

	gomysql "github.com/go-mysql-org/go-mysql/mysql"

	"github.com/glancegate/glancegate/dbbackend/reach"
)

// reader tells what the events of the binlog mean.
type reader struct {
	session *session
	server  *mysqlServer
	servers *reach.Servers

	position gomysql.Position  // up to here the binlog was read
	boundary gomysql.Position  // the last position between two transactions; without a name there is none
	file     created           // the one with position
	heard    time.Time         // the last event
	looks    []look            // whose ends have not been reached, the oldest first
	columns  map[string]layout // by lower-case table name; nil: to be read
	pending  transaction

	resumes   int
	waiting   []*barrier        // for their turn
	running   map[*barrier]bool // those that run
	unsettled int               // those of both that are about everything
	finished  chan *barrier
}

// read runs until the feed is broken. The first event has to come before setup
// ends.
func (r *reader) read(ctx, setup context.Context, running *sync.WaitGroup, looks <-chan look) error {
	awaited := setup.Done()
	for {
		moved, err := sameServer(r.servers, r.server.origin)
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
			return errMute
		case <-moved:
		case e := <-r.server.events:
			awaited = nil
			if err := r.event(ctx, e); err != nil {
				return err
			}
			r.noteBoundary(e)
			if r.session.since.IsZero() {
				r.session.up()
			}
			r.heard = time.Now()
		case b := <-r.finished:
			delete(r.running, b)
			if err := r.passed(b); err != nil {
				return err
			}
		case l := <-looks:
			if err := r.inTime(); err != nil {
				return err
			}
			r.looks = append(r.looks, l)
			if len(r.running) == 0 {
				r.resumes = 0
			}
		}
		r.prove()
	}
}

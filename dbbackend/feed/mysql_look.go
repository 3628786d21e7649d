package feed

import (
	"context"
	"fmt"
	"time"
)

// look is what the server has answered to the question how far it is. All
// changes that were acknowledged before it began, by any node of a cluster, are
// in front of end.
type look struct {
	began time.Time
	history
}

// watch looks at the server again and again: where its binlog is, whether it is
// current, and whether it still has what a feed needs.
func (s *mysqlServer) watch(ctx context.Context, looks chan<- look) error {
	return every(ctx, beatInterval, func() error {
		l, err := s.look(ctx)
		if err != nil {
			return err
		}
		s.last = l.history
		select {
		case looks <- l:
		case <-ctx.Done():
		}
		return nil
	})
}

// look asks everything within answerLimit.
func (s *mysqlServer) look(ctx context.Context) (l look, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, answerLimit, errMute)
	defer cancel()
	l.began = time.Now()
	_, err = s.settings(ctx)
	if err == nil && !s.galera {
		err = s.address(ctx)
		l.began = earlier(l.began, s.addressed)
	}
	if err == nil {
		err = s.causal.read(ctx, lagLimit)
	}
	if err == nil {
		l.history, err = s.readHistory(ctx)
	}
	if err == nil {
		err = s.continues(ctx, s.last, l.history)
	}
	if err == nil {
		err = s.checkNodes()
	}
	return l, ended(ctx, err)
}

// addressInterval is how often the address is looked at.
const addressInterval = 750 * time.Millisecond

// address makes sure that the database's address still leads to the server that is
// followed. After a fail-over, connections of before may go on leading to a
// primary of before. The nodes of Galera prove by causal reads that they are current,
// whatever the address leads to.
func (s *mysqlServer) address(ctx context.Context) error {
	began := time.Now()
	if began.Sub(s.addressed) < addressInterval {
		return nil
	}
	node, err := s.leads(ctx)
	if err != nil {
		return fmt.Errorf("a new connection to the database: %w", interruption(err))
	}
	if node != s.node {
		return errElsewhere(node, s.node)
	}
	s.addressed = began
	return nil
}

// prove tells up to when everything has been told: a look counts when the binlog
// was read up to where the server was after it.
func (r *reader) prove() {
	if r.session.since.IsZero() || r.unsettled > 0 {
		return
	}
	var current time.Time
	for ; len(r.looks) > 0 && !before(r.position, r.looks[0].end); r.looks = r.looks[1:] {
		current = r.looks[0].began
	}
	if !current.IsZero() {
		r.session.current(current)
	}
}

// inTime finds that the feed falls behind.
func (r *reader) inTime() error {
	switch {
	case len(r.looks) == 0 || time.Since(r.looks[0].began) <= maxBehind:
		return nil
	case before(r.position, r.looks[0].end):
		return fmt.Errorf("the binlog arrives more than two seconds late (it was read up to %s, the server was at %s)", r.position, r.looks[0].end)
	}
	return fmt.Errorf("a change of many images does not become visible within two seconds: a transaction is open for too long")
}

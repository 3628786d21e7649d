package binlog

import (
	"context"
	"fmt"
	"time"

	"github.com/glancegate/glancegate/dbbackend/feed/internal/follow"
)

// check is a successful check of the server. All changes acknowledged before it
// began, by any node of a cluster, are in the binlog before its end.
type check struct {
	began time.Time
	binlogState
}

// watch checks the server at intervals: how far its binlog is, whether the server is
// current, and whether it still has what a feed needs.
func (s *server) watch(ctx context.Context, checks chan<- check) error {
	return follow.Every(ctx, follow.HeartbeatInterval, func() error {
		l, err := s.check(ctx)
		if err != nil {
			return err
		}
		s.last = l.binlogState
		select {
		case checks <- l:
		case <-ctx.Done():
		}
		return nil
	})
}

// check makes all checks within AnswerTimeout.
func (s *server) check(ctx context.Context) (l check, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, follow.AnswerTimeout, errNoAnswer)
	defer cancel()
	l.began = time.Now()
	_, err = s.settings(ctx)
	if err == nil && !s.galera {
		err = s.address(ctx)
		l.began = follow.Earlier(l.began, s.addressed)
	}
	if err == nil {
		err = s.causal.read(ctx, maxLag)
	}
	if err == nil {
		l.binlogState, err = s.readState(ctx)
	}
	if err == nil {
		err = s.continues(ctx, s.last, l.binlogState)
	}
	if err == nil {
		err = s.checkNodes()
	}
	return l, ended(ctx, err)
}

// address makes sure that the database's address still leads to the server that is
// followed. After a fail-over, older connections may still lead to the old primary.
// Nodes of Galera prove by causal reads that they are current.
func (s *server) address(ctx context.Context) error {
	began := time.Now()
	if began.Sub(s.addressed) < follow.AddressInterval {
		return nil
	}
	node, err := s.leads(ctx)
	if err != nil {
		return fmt.Errorf("a new connection to the database: %w", interruption(err))
	}
	if node != s.node {
		return follow.ElsewhereError(node, s.node)
	}
	s.addressed = began
	return nil
}

// reportCurrent reports up to when all changes were reported: to the beginning of
// the last check whose end of the binlog was reached.
func (r *reader) reportCurrent() {
	if !r.session.IsUp() || r.undecided > 0 {
		return
	}
	var current time.Time
	for ; len(r.checks) > 0 && !before(r.position, r.checks[0].end); r.checks = r.checks[1:] {
		current = r.checks[0].began
	}
	if !current.IsZero() {
		r.session.SetCurrent(current)
	}
}

// inTime returns an error if the feed falls behind.
func (r *reader) inTime() error {
	switch {
	case len(r.checks) == 0 || time.Since(r.checks[0].began) <= follow.MaxBehind:
		return nil
	case before(r.position, r.checks[0].end):
		return fmt.Errorf("the binlog arrives more than two seconds late (it was read up to %s, the server was at %s)", r.position, r.checks[0].end)
	}
	return fmt.Errorf("a change of many images does not become visible within two seconds: a transaction is open for too long")
}

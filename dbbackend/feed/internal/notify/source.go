// Package notify follows the changes of a PostgreSQL database by triggers that send
// notifications.
package notify

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/glancegate/glancegate/dbbackend/feed/internal/follow"
	"github.com/glancegate/glancegate/dbbackend/internal/dbserver"
	"github.com/glancegate/glancegate/internal/dburl"
)

// heartbeatChannel carries the feeds' own notifications.
const heartbeatChannel = "glance_registry_beat"

// Source listens to the notifications of triggers. PostgreSQL delivers one
// when every new snapshot sees its transaction, never before.
type Source struct {
	config  *pgx.ConnConfig
	servers *dbserver.Connections
}

func New(u *dburl.URL, servers *dbserver.Connections) (*Source, error) {
	config, _, err := u.PostgreSQLConfig()
	if err != nil {
		return nil, err
	}
	c := config.ConnConfig
	c.ConnectTimeout = min(c.ConnectTimeout, follow.ConnectTimeout)
	// Prepared statements would fail behind a pooler, before the clearer error
	// about notifications.
	c.DefaultQueryExecMode = pgx.QueryExecModeExec
	c.StatementCacheCapacity, c.DescriptionCacheCapacity = 0, 0
	return &Source{c, servers}, nil
}

func (p *Source) Follow(ctx context.Context, s *follow.Session) error {
	l, err := p.listen(ctx)
	if err != nil {
		return s.Down(err)
	}
	defer l.close()
	ctx, fail := context.WithCancelCause(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer fail(nil)
	notes := make(chan *pgconn.Notification, 1024)
	running.Go(func() { fail(l.receive(ctx, notes)) })
	running.Go(func() { fail(follow.Every(ctx, follow.HeartbeatInterval, func() error { return p.check(ctx, l) })) })
	return s.Down(p.report(ctx, s, l, notes))
}

// report passes notifications on. The feed is up once its own heartbeat arrives.
func (p *Source) report(ctx context.Context, s *follow.Session, l *listener, notes <-chan *pgconn.Notification) error {
	for {
		moved, err := follow.SameServer(p.servers, l.server)
		if err != nil {
			return err
		}
		var first *pgconn.Notification
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-moved:
			continue
		case first = <-notes:
		}
		ids := map[string]bool{}
		var current time.Time
		for n := first; n != nil; {
			if n.Channel == heartbeatChannel {
				if began, ok := l.receivedHeartbeat(n.Payload); ok {
					current = began
				}
			} else {
				ids[n.Payload] = true
			}
			select {
			case n = <-notes:
			default:
				n = nil
			}
		}
		switch {
		case !s.IsUp():
			// Earlier changes are visible to every reader by now.
			if current.IsZero() {
				continue
			}
			s.Up()
		case ids[everything]:
			s.ChangedAll()
		default:
			s.Changed(ids)
		}
		if !current.IsZero() {
			s.SetCurrent(current)
		}
	}
}

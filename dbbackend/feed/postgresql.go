package feed

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/glancegate/glancegate/dbbackend/dburl"
	"github.com/glancegate/glancegate/dbbackend/reach"
)

const (
	// beatChannel carries the feeds' own notifications.
	beatChannel = "glance_registry_beat"
	// beatInterval is how often a feed makes sure that it hears. With
	// answerLimit it finds a silent connection within two seconds.
	beatInterval = 500 * time.Millisecond
)

// postgreSQLSource hears the notifications of triggers. PostgreSQL delivers one
// when every new snapshot sees its transaction, never before.
type postgreSQLSource struct {
	config  *pgx.ConnConfig
	servers *reach.Servers
}

func newPostgreSQL(u *dburl.URL, servers *reach.Servers) (*postgreSQLSource, error) {
	config, _, err := u.PostgreSQLConfig()
	if err != nil {
		return nil, err
	}
	c := config.ConnConfig
	c.ConnectTimeout = min(c.ConnectTimeout, connectLimit)
	// Behind a pooler that can't be listened through, the error is to be the
	// one about notifications.
	c.DefaultQueryExecMode = pgx.QueryExecModeExec
	c.StatementCacheCapacity, c.DescriptionCacheCapacity = 0, 0
	return &postgreSQLSource{c, servers}, nil
}

func (p *postgreSQLSource) follow(ctx context.Context, s *session) error {
	l, err := p.listen(ctx)
	if err != nil {
		return s.down(err)
	}
	defer l.close()
	ctx, fail := context.WithCancelCause(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer fail(nil)
	notes := make(chan *pgconn.Notification, 1024)
	running.Go(func() { fail(l.receive(ctx, notes)) })
	running.Go(func() { fail(every(ctx, beatInterval, func() error { return p.look(ctx, l) })) })
	return s.down(p.tell(ctx, s, l, notes))
}

// tell passes on what is heard. The feed is up once it has heard itself.
func (p *postgreSQLSource) tell(ctx context.Context, s *session, l *listener, notes <-chan *pgconn.Notification) error {
	for {
		moved, err := sameServer(p.servers, l.server)
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
			if n.Channel == beatChannel {
				if began, ok := l.hears(n.Payload); ok {
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
		case s.since.IsZero():
			// What was changed before is read with the change.
			if current.IsZero() {
				continue
			}
			s.up()
		case ids[everything]:
			s.sink.ChangedAll()
		default:
			s.changed(ids)
		}
		if !current.IsZero() {
			s.current(current)
		}
	}
}

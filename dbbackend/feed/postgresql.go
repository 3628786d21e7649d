package feed

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
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
	running.Go(func() { fail(every(ctx, beatInterval, func() error { return l.beat(ctx) })) })
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
		ids, heard := map[string]bool{}, false
		for n := first; n != nil; {
			if n.Channel == beatChannel {
				heard = l.hears(n.Payload) || heard
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
			if heard {
				s.up()
				s.sink.Heard()
			}
			continue
		case ids[everything]:
			s.sink.ChangedAll()
		default:
			s.changed(ids)
		}
		s.sink.Heard()
	}
}

// listener is a connection that hears notifications and another one that sends
// some to it.
type listener struct {
	listening, sending *pgx.Conn
	server             string
	version            string // of the triggers
	sent               int
	echo               chan string
	token              string
}

func (p *postgreSQLSource) listen(ctx context.Context) (_ *listener, err error) {
	ctx, cancel := context.WithTimeout(ctx, connectLimit)
	defer cancel()
	l := &listener{echo: make(chan string, 64), token: rand.Text()}
	defer func() {
		if err != nil {
			l.close()
		}
	}()
	var other string
	if l.listening, l.server, err = p.connect(ctx); err != nil {
		return nil, err
	}
	if l.sending, other, err = p.connect(ctx); err != nil {
		return nil, err
	}
	if l.server != other {
		return nil, fmt.Errorf("two connections reach two servers (%s; %s); give a database URL that leads to one server", l.server, other)
	}
	_, err = l.listening.Exec(ctx, "LISTEN "+channel)
	if err == nil {
		_, err = l.listening.Exec(ctx, "LISTEN "+beatChannel)
	}
	return l, err
}

func (p *postgreSQLSource) connect(ctx context.Context) (c *pgx.Conn, server string, err error) {
	if c, err = pgx.ConnectConfig(ctx, p.config.Copy()); err != nil {
		return nil, "", err
	}
	if err = c.QueryRow(ctx, reach.PostgreSQL).Scan(&server); err != nil {
		closeNow(c)
		return nil, "", err
	}
	return c, server, nil
}

func (l *listener) close() {
	closeNow(l.listening)
	closeNow(l.sending)
}

// closeNow takes leave of the server, which may not be there any more.
func closeNow(c *pgx.Conn) {
	if c != nil {
		ctx, cancel := context.WithTimeout(context.Background(), answerLimit/4)
		defer cancel()
		_ = c.Close(ctx)
	}
}

func (l *listener) receive(ctx context.Context, notes chan<- *pgconn.Notification) error {
	for {
		n, err := l.listening.WaitForNotification(ctx)
		if err != nil {
			return fmt.Errorf("the connection that listens: %w", err)
		}
		select {
		case notes <- n:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// beat looks whether the triggers are still there, and whether the listening
// connection hears.
func (l *listener) beat(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, answerLimit, errDeaf)
	defer cancel()
	var standby bool
	if err := l.sending.QueryRow(ctx, "SELECT pg_catalog.pg_is_in_recovery()").Scan(&standby); err != nil {
		return l.silent(ctx, err)
	} else if standby {
		return errors.New("the database is a standby; replicas can't be followed: give the URL of the primary")
	}
	rows, err := l.sending.Query(ctx, triggerQuery)
	if err != nil {
		return l.silent(ctx, err)
	}
	found, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (t trigger, err error) {
		return t, r.Scan(&t.table, &t.name, &t.right, &t.args, &t.hash, &t.version)
	})
	if err != nil {
		return l.silent(ctx, err)
	}
	version, err := checkTriggers(found)
	switch {
	case err != nil:
		return err
	case l.version != "" && version != l.version:
		return errors.New("the triggers were changed, and were missing for a moment")
	}
	l.version = version
	return l.sendBeat(ctx)
}

func (l *listener) sendBeat(ctx context.Context) error {
	l.sent++
	beat := l.token + " " + strconv.Itoa(l.sent)
	if _, err := l.sending.Exec(ctx, "SELECT pg_catalog.pg_notify($1, $2)", beatChannel, beat); err != nil {
		return l.silent(ctx, err)
	}
	for {
		select {
		case heard := <-l.echo:
			if heard == beat {
				return nil
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

var errDeaf = errors.New("notifications don't arrive within a second: the server is silent," +
	" or the database URL leads through a pooler such as PgBouncer in transaction mode; give one that leads to the server directly")

// silent prefers the cause of the time limit to its consequence.
func (l *listener) silent(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return fmt.Errorf("the connection that checks: %w", err)
}

// hears takes a beat, of this feed or of another one.
func (l *listener) hears(beat string) bool {
	if len(beat) < len(l.token) || beat[:len(l.token)] != l.token {
		return false
	}
	select {
	case l.echo <- beat:
	default:
	}
	return true
}

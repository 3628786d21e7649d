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

	"github.com/glancegate/glancegate/dbbackend/reach"
)

// listener is a connection that hears notifications and another one that sends
// some to it.
type listener struct {
	listening, sending *pgx.Conn
	server             string
	version            string // of the triggers
	sent               int
	addressed          time.Time // when the last new connection began that led to server
	echo               chan string
	token              string

	mu    sync.Mutex
	beat  string    // the last one
	began time.Time // the look that it ended
}

func (p *postgreSQLSource) listen(ctx context.Context) (_ *listener, err error) {
	ctx, cancel := context.WithTimeout(ctx, connectLimit)
	defer cancel()
	l := &listener{addressed: time.Now(), echo: make(chan string, 64), token: rand.Text()}
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
	if err = checkPrimary(ctx, l.listening); err != nil {
		return nil, err // a standby refuses to listen, and names no cause
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

// look looks whether the triggers are still there, and whether the listening
// connection hears. Notifications come in the order of commits, so that what was
// acknowledged before the look is heard before its beat.
func (p *postgreSQLSource) look(ctx context.Context, l *listener) error {
	began := time.Now()
	ctx, cancel := context.WithTimeoutCause(ctx, answerLimit, errDeaf)
	defer cancel()
	if err := p.address(ctx, l); err != nil {
		return err
	}
	if err := checkPrimary(ctx, l.sending); errors.Is(err, errStandby) {
		return err
	} else if err != nil {
		return l.silent(ctx, err)
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
	return l.sendBeat(ctx, earlier(began, l.addressed))
}

var errStandby = errors.New("the database is a standby; replicas can't be followed: give the URL of the primary")

// checkPrimary fails with errStandby on a standby.
func checkPrimary(ctx context.Context, c *pgx.Conn) error {
	var standby bool
	if err := c.QueryRow(ctx, "SELECT pg_catalog.pg_is_in_recovery()").Scan(&standby); err != nil {
		return err
	} else if standby {
		return errStandby
	}
	return nil
}

// address makes sure that the database's address still leads to the primary that is
// followed. After a fail-over, connections of before may go on leading to a
// primary of before.
func (p *postgreSQLSource) address(ctx context.Context, l *listener) error {
	began := time.Now()
	if began.Sub(l.addressed) < addressInterval {
		return nil
	}
	c, server, err := p.connect(ctx)
	if err != nil {
		return fmt.Errorf("a new connection to the database: %w", err)
	}
	closeNow(c)
	if server != l.server {
		return errElsewhere(server, l.server)
	}
	l.addressed = began
	return nil
}

func (l *listener) sendBeat(ctx context.Context, began time.Time) error {
	l.sent++
	beat := l.token + " " + strconv.Itoa(l.sent)
	l.mu.Lock()
	l.beat, l.began = beat, began
	l.mu.Unlock()
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

// hears takes a beat, of this feed or of another one, and returns when the look
// began that ended with it.
func (l *listener) hears(beat string) (began time.Time, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if beat != l.beat {
		return began, false
	}
	select {
	case l.echo <- beat:
	default:
	}
	return l.began, true
}

package notify

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

	"github.com/glancegate/glancegate/dbbackend/feed/internal/follow"
	"github.com/glancegate/glancegate/dbbackend/internal/dbserver"
)

// listener has one connection that receives notifications and another one that
// checks the server and sends heartbeats.
type listener struct {
	listening, sending *pgx.Conn
	server             string
	version            string // of the triggers
	sent               int
	addressed          time.Time // when the last new connection that led to server began
	echo               chan string
	token              string

	mu        sync.Mutex
	heartbeat string    // the last one sent
	began     time.Time // the check that ended with it
}

func (p *Source) listen(ctx context.Context) (_ *listener, err error) {
	ctx, cancel := context.WithTimeout(ctx, follow.ConnectTimeout)
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
		return nil, follow.TwoServersError(l.server, other)
	}
	if err = checkPrimary(ctx, l.listening); err != nil {
		return nil, err // a standby refuses LISTEN without naming the cause
	}
	_, err = l.listening.Exec(ctx, "LISTEN "+channel)
	if err == nil {
		_, err = l.listening.Exec(ctx, "LISTEN "+heartbeatChannel)
	}
	return l, err
}

func (p *Source) connect(ctx context.Context) (c *pgx.Conn, server string, err error) {
	if c, err = pgx.ConnectConfig(ctx, p.config.Copy()); err != nil {
		return nil, "", err
	}
	if err = c.QueryRow(ctx, dbserver.PostgreSQLName).Scan(&server); err != nil {
		closeNow(c)
		return nil, "", err
	}
	return c, server, nil
}

func (l *listener) close() {
	closeNow(l.listening)
	closeNow(l.sending)
}

// closeNow closes a connection whose server may be gone.
func closeNow(c *pgx.Conn) {
	if c != nil {
		ctx, cancel := context.WithTimeout(context.Background(), follow.AnswerTimeout/4)
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

// check makes sure that the triggers are installed and that notifications arrive.
// They arrive in the order of commits, so changes acknowledged before the check
// arrive before its heartbeat.
func (p *Source) check(ctx context.Context, l *listener) error {
	began := time.Now()
	ctx, cancel := context.WithTimeoutCause(ctx, follow.AnswerTimeout, errNoNotifications)
	defer cancel()
	if err := p.address(ctx, l); err != nil {
		return err
	}
	if err := checkPrimary(ctx, l.sending); errors.Is(err, errStandby) {
		return err
	} else if err != nil {
		return l.checkError(ctx, err)
	}
	rows, err := l.sending.Query(ctx, triggerQuery)
	if err != nil {
		return l.checkError(ctx, err)
	}
	found, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (t trigger, err error) {
		return t, r.Scan(&t.table, &t.name, &t.right, &t.args, &t.hash, &t.version)
	})
	if err != nil {
		return l.checkError(ctx, err)
	}
	version, err := checkTriggers(found)
	switch {
	case err != nil:
		return err
	case l.version != "" && version != l.version:
		return errors.New("the triggers were changed, and were missing for a moment")
	}
	l.version = version
	return l.sendHeartbeat(ctx, follow.Earlier(began, l.addressed))
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
// followed. After a fail-over, older connections may still lead to the old primary.
func (p *Source) address(ctx context.Context, l *listener) error {
	began := time.Now()
	if began.Sub(l.addressed) < follow.AddressInterval {
		return nil
	}
	c, server, err := p.connect(ctx)
	if err != nil {
		return fmt.Errorf("a new connection to the database: %w", err)
	}
	closeNow(c)
	if server != l.server {
		return follow.ElsewhereError(server, l.server)
	}
	l.addressed = began
	return nil
}

func (l *listener) sendHeartbeat(ctx context.Context, began time.Time) error {
	l.sent++
	heartbeat := l.token + " " + strconv.Itoa(l.sent)
	l.mu.Lock()
	l.heartbeat, l.began = heartbeat, began
	l.mu.Unlock()
	if _, err := l.sending.Exec(ctx, "SELECT pg_catalog.pg_notify($1, $2)", heartbeatChannel, heartbeat); err != nil {
		return l.checkError(ctx, err)
	}
	for {
		select {
		case echoed := <-l.echo:
			if echoed == heartbeat {
				return nil
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

var errNoNotifications = errors.New("notifications don't arrive within a second: the server is silent," +
	" or the database URL leads through a pooler such as PgBouncer in transaction mode; give one that leads to the server directly")

// checkError prefers the cause of a timeout to its consequence.
func (l *listener) checkError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return fmt.Errorf("the connection that checks: %w", err)
}

// receivedHeartbeat takes a heartbeat of any feed. If it is this feed's last one,
// it returns when the check that sent it began.
func (l *listener) receivedHeartbeat(heartbeat string) (began time.Time, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if heartbeat != l.heartbeat {
		return began, false
	}
	select {
	case l.echo <- heartbeat:
	default:
	}
	return l.began, true
}

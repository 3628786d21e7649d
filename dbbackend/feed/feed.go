// Package feed reports the changes of images in Glance's database, whichever program makes
// them. It reads the binlog of MySQL or MariaDB, the notifications of PostgreSQL's
// triggers, or the change counter of a SQLite file.
package feed

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/glancegate/glancegate/dbbackend/feed/internal/binlog"
	"github.com/glancegate/glancegate/dbbackend/feed/internal/datafile"
	"github.com/glancegate/glancegate/dbbackend/feed/internal/follow"
	"github.com/glancegate/glancegate/dbbackend/feed/internal/notify"
	"github.com/glancegate/glancegate/dbbackend/internal/dbserver"
	"github.com/glancegate/glancegate/internal/backoff"
	"github.com/glancegate/glancegate/internal/dburl"
)

// Config says what to follow.
type Config struct {
	// URL is the database in SQLAlchemy's form (registry-config.md, 6.2).
	URL string

	// Servers, if set, are the connections through which a cache is filled; see
	// dbbackend.Backend.Servers. The feed is down while one of them leads to
	// another server than the feed's.
	Servers *dbserver.Connections
}

// Feed follows one database.
type Feed struct {
	source  source
	servers *dbserver.Connections
}

// source is one kind of feed.
type source interface {
	// Follow connects, reports changes to the session and returns why that ended.
	// It returns when ctx ends, and leaves nothing running.
	Follow(ctx context.Context, s *follow.Session) error
}

// New prepares a feed without opening connections. Errors are about the URL and
// do not contain its password.
func New(c Config) (*Feed, error) {
	u, err := dburl.Parse(c.URL)
	if err != nil {
		return nil, err
	}
	f := &Feed{servers: c.Servers}
	switch u.Dialect {
	case dburl.PostgreSQL:
		f.source, err = notify.New(u, c.Servers)
	case dburl.MySQL:
		f.source, err = binlog.New(u, c.Servers)
	case dburl.SQLite:
		f.source, err = datafile.New(u)
	default:
		err = fmt.Errorf("database URL: changes of %s can't be followed", u.Dialect)
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Pauses between attempts to connect.
const (
	firstPause = 100 * time.Millisecond
	maxPause   = 2 * time.Second
)

// Run follows the database until ctx ends. It reconnects by itself.
func (f *Feed) Run(ctx context.Context, sink Sink) {
	pause := backoff.Backoff{First: firstPause, Max: maxPause}
	reports := &reports{sink: sink, servers: f.servers}
	for ctx.Err() == nil {
		s := follow.New(sink, reports.up, func(err error) { reports.down(ctx, err) })
		err := f.source.Follow(ctx, s)
		if ctx.Err() != nil {
			return
		}
		_ = s.Down(err)
		if s.Uptime() > maxPause {
			pause.Reset()
		}
		pause.Wait(ctx)
	}
}

// reports passes Up and Down on to the sink, and each reason only once.
type reports struct {
	sink    Sink
	servers *dbserver.Connections
	reason  error // the last one; nil while the feed is up, and at first
}

func (r *reports) up() {
	r.reason = nil
	r.sink.Up()
}

func (r *reports) down(ctx context.Context, err error) {
	first := r.reason == nil
	if ctx.Err() != nil || !first && sameReason(r.reason, err) {
		return
	}
	r.reason = err
	r.sink.Down(err)
	if first && r.servers != nil {
		// Uncached reads must go to where the address leads now.
		r.servers.CloseIdle()
	}
}

// sameReason reports whether two errors have the same text, apart from the local
// port of a connection.
func sameReason(a, b error) bool { return withoutOwnAddress(a) == withoutOwnAddress(b) }

func withoutOwnAddress(err error) string {
	text := err.Error()
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Source != nil {
		text = strings.ReplaceAll(text, op.Source.String(), "")
	}
	return text
}

// Sink receives what a feed reports. Its methods, and the functions that Changing
// returns, are called by one goroutine at a time.
type Sink interface {
	// Up says that every change from now on will be reported. What was read before
	// may be stale. Current follows.
	Up()

	// Down says that changes may be missed from now on, for this reason. It is
	// also called if the feed can't come up for the first time. While the feed is
	// down, it is called again whenever an attempt fails for a new reason, but never
	// twice in a row for the same one.
	Down(reason error)

	// Current says that all changes acknowledged before that moment, by any node of
	// a cluster, were reported. It is called about twice a second while the feed is
	// up, with a moment less than two seconds ago.
	Current(before time.Time)

	// Changed says that rows of these images changed. Every reader sees the change
	// already.
	Changed(ids ...string)

	// Changing says that rows of these images changed, but readers may not see the
	// change yet. The returned function is called once they do, unless the feed
	// goes down first.
	Changing(ids ...string) (visible func())

	// ChangedAll says that anything may have changed. Every reader sees the change
	// already.
	ChangedAll()
}

// Package feed follows the changes that anybody makes in Glance's database: a
// binlog of MySQL or MariaDB, notifications of PostgreSQL, the change counter of
// a SQLite file.
package feed

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"time"

	"github.com/glancegate/glancegate/dbbackend/dburl"
	"github.com/glancegate/glancegate/dbbackend/reach"
)

// Config says what to follow.
type Config struct {
	// URL is the database in SQLAlchemy's form (registry-config.md, 6.2).
	URL string

	// Servers, if set, counts the connections whose readings are trusted while
	// the feed is up. It goes down when one of them leads to another server than
	// the feed's, and stays so until none does.
	Servers *reach.Servers
}

// Feed follows one database.
type Feed struct {
	source  source
	servers *reach.Servers
}

// source is one kind of feed.
type source interface {
	// follow connects, tells the session what happens and returns why that
	// ended. It stops, and leaves nothing behind, when ctx ends.
	follow(ctx context.Context, s *session) error
}

// tables are those whose rows belong to images, and the column with the image's
// id. The rest of Glance's database is of no interest here.
var tables = []struct{ name, id string }{
	{"images", "id"},
	{"image_properties", "image_id"},
	{"image_locations", "image_id"},
	{"image_members", "image_id"},
	{"image_tags", "image_id"},
}

// New prepares a feed and opens nothing. Errors are about the URL and don't
// contain its password.
func New(c Config) (*Feed, error) {
	u, err := dburl.Parse(c.URL)
	if err != nil {
		return nil, err
	}
	f := &Feed{servers: c.Servers}
	switch u.Dialect {
	case dburl.PostgreSQL:
		f.source, err = newPostgreSQL(u, c.Servers)
	case dburl.MySQL:
		f.source, err = newMySQL(u, c.Servers)
	case dburl.SQLite:
		f.source, err = newSQLite(u)
	default:
		err = fmt.Errorf("database URL: changes of %s can't be followed", u.Dialect)
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

const (
	firstPause = 100 * time.Millisecond
	maxPause   = 2 * time.Second
)

// Run follows the database until ctx ends. It connects again by itself.
func (f *Feed) Run(ctx context.Context, sink Sink) {
	var said error // the reason that the sink has; nil while the feed is up, and at first
	for pause := firstPause; ctx.Err() == nil; pause = min(2*pause, maxPause) {
		s := &session{sink: sink}
		s.lost = func(err error) {
			if ctx.Err() != nil {
				return
			}
			first := said == nil
			if !first && sameReason(said, err) {
				return
			}
			said = err
			sink.Down(err)
			if first && f.servers != nil {
				// What is read without the cache is to come from where the
				// address leads now.
				f.servers.Renew()
			}
		}
		s.found = func() {
			said = nil
			sink.Up()
		}
		err := f.source.follow(ctx, s)
		if ctx.Err() != nil {
			return
		}
		s.down(err)
		// What breaks at once is not tried again at once.
		if !s.since.IsZero() && time.Since(s.since) > maxPause {
			pause = firstPause
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause/2 + rand.N(pause/2)):
		}
	}
}

// sameReason tells whether two errors read alike, whatever port this end of a
// connection had.
func sameReason(a, b error) bool { return withoutOwnAddress(a) == withoutOwnAddress(b) }

func withoutOwnAddress(err error) string {
	text := err.Error()
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Source != nil {
		text = strings.ReplaceAll(text, op.Source.String(), "")
	}
	return text
}

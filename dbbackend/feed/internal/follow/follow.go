// Package follow has what a feed and its sources of changes share.
package follow

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/glancegate/glancegate/dbbackend/internal/dbserver"
)

const (
	// AnswerTimeout bounds every question to the server while the feed is up.
	AnswerTimeout = time.Second
	// ConnectTimeout bounds the way to the first Up, and a connection.
	ConnectTimeout = 5 * time.Second
	// MaxBehind bounds the age of the moment up to which all changes were reported.
	MaxBehind = 2 * time.Second
	// HeartbeatInterval is how often a feed checks that it works. With answerTimeout
	// it finds a silent connection within two seconds.
	HeartbeatInterval = 500 * time.Millisecond
	// AddressInterval is how often a feed checks where the database's address leads.
	AddressInterval = 750 * time.Millisecond
	// MaxIDs is how many images of one transaction are reported by id. Larger
	// transactions count as a change of everything.
	MaxIDs = 10_000
)

// Tables are those whose rows belong to images. The feed ignores all others.
var Tables = []Table{
	{"images", "id"},
	{"image_properties", "image_id"},
	{"image_locations", "image_id"},
	{"image_members", "image_id"},
	{"image_tags", "image_id"},
}

// Table is a table with rows of images.
type Table struct {
	Name string
	ID   string // the column with the image's id
}

// Sink is what a session reports to; see feed.Sink.
type Sink interface {
	Current(before time.Time)
	Changed(ids ...string)
	Changing(ids ...string) (visible func())
	ChangedAll()
}

// Session is one attempt to follow a database: from connecting until that fails.
// Its methods are called from one goroutine at a time.
type Session struct {
	sink   Sink
	onUp   func()
	onDown func(error)

	since   time.Time // up since then
	current time.Time // changes acknowledged before it were reported
	ended   bool
}

// New prepares a session; onUp and onDown are called at most once each.
func New(sink Sink, onUp func(), onDown func(error)) *Session {
	return &Session{sink: sink, onUp: onUp, onDown: onDown}
}

// Up reports that the feed is up.
func (s *Session) Up() {
	s.since = time.Now()
	s.onUp()
}

// IsUp reports whether the session was up already. It stays true after down.
func (s *Session) IsUp() bool { return !s.since.IsZero() }

// Uptime is the time since up, or 0.
func (s *Session) Uptime() time.Duration {
	if !s.IsUp() {
		return 0
	}
	return time.Since(s.since)
}

// Down reports the end of the session at once, before a cleanup that may take
// long, and returns err.
func (s *Session) Down(err error) error {
	if !s.ended {
		s.ended = true
		s.onDown(err)
	}
	return err
}

// IsDown reports whether down was called.
func (s *Session) IsDown() bool { return s.ended }

// SetCurrent reports that all changes from before that moment were reported.
func (s *Session) SetCurrent(before time.Time) {
	if before.After(s.current) {
		s.current = before
		s.sink.Current(before)
	}
}

// Changed reports committed, visible changes of images.
func (s *Session) Changed(ids map[string]bool) {
	if len(ids) > MaxIDs {
		s.sink.ChangedAll()
	} else if len(ids) > 0 {
		s.sink.Changed(slices.Collect(maps.Keys(ids))...)
	}
}

// ChangedAll reports that anything may have changed.
func (s *Session) ChangedAll() { s.sink.ChangedAll() }

// Changing reports committed changes that readers may not see yet. The function
// that it returns is called once they do.
func (s *Session) Changing(ids map[string]bool) (visible func()) {
	return s.sink.Changing(slices.Collect(maps.Keys(ids))...)
}

// SameServer returns an error if a counted connection leads to another server
// than the feed's own. The answer holds until changed is closed.
func SameServer(servers *dbserver.Connections, own string) (changed <-chan struct{}, err error) {
	if servers == nil {
		return nil, nil
	}
	other, changed := servers.Other(own)
	if other != "" {
		servers.CloseIdle()
		err = fmt.Errorf("database connections reach another server (%s) than the change feed (%s);"+
			" give a database URL that leads to one server", other, own)
	}
	return changed, err
}

// ElsewhereError says that the address leads to another server than the feed's own.
func ElsewhereError(server, own string) error {
	return fmt.Errorf("the database's address now leads to another server (%s) than the change feed (%s)", server, own)
}

// TwoServersError says that two connections of the feed lead to two servers.
func TwoServersError(one, other string) error {
	return fmt.Errorf("two connections reach two servers (%s; %s); give a database URL that leads to one server", one, other)
}

func Earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// Every calls f at once and then at each interval, until f fails or ctx ends.
func Every(ctx context.Context, interval time.Duration, f func() error) error {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		if err := f(); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

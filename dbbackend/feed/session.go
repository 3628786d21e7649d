package feed

import (
	"context"
	"fmt"
	"time"

	"github.com/glancegate/glancegate/dbbackend/reach"
)

const (
	// answerLimit bounds every question to the server while the feed is up.
	answerLimit = time.Second
	// maxBehind is how long ago the moment may be up to which everything has been
	// told.
	maxBehind = 2 * time.Second
	// connectLimit bounds the way to the first Up, and a connection.
	connectLimit = 5 * time.Second
	// manyIDs is the number of images from which on a transaction is told as a
	// change of everything.
	manyIDs = 10_000
)

// session is the time between two connects. Its methods are called from one
// goroutine at a time.
type session struct {
	sink  Sink
	found func()
	lost  func(error)

	since  time.Time // up since then
	proved time.Time // what was acknowledged before it was told
	ended  bool
}

func (s *session) up() {
	s.since = time.Now()
	s.found()
}

// down tells the sink at once, before the cleanup, which may take its time.
func (s *session) down(err error) error {
	if !s.ended {
		s.ended = true
		s.lost(err)
	}
	return err
}

// current tells that all changes from before that moment were told.
func (s *session) current(before time.Time) {
	if before.After(s.proved) {
		s.proved = before
		s.sink.Current(before)
	}
}

// changed tells ids of committed, visible changes.
func (s *session) changed(ids map[string]bool) {
	if len(ids) > manyIDs {
		s.sink.ChangedAll()
		return
	}
	if list := keys(ids); len(list) > 0 {
		s.sink.Changed(list...)
	}
}

func keys(ids map[string]bool) []string {
	list := make([]string, 0, len(ids))
	for id := range ids {
		list = append(list, id)
	}
	return list
}

// sameServer says whether all connections that count lead to the feed's own
// server. The answer holds until changed is closed.
func sameServer(servers *reach.Servers, own string) (changed <-chan struct{}, err error) {
	if servers == nil {
		return nil, nil
	}
	other, changed := servers.Other(own)
	if other != "" {
		servers.Renew()
		err = fmt.Errorf("database connections reach another server (%s) than the change feed (%s);"+
			" give a database URL that leads to one server", other, own)
	}
	return changed, err
}

// errElsewhere says that the address leads to another server than the feed's own.
func errElsewhere(server, own string) error {
	return fmt.Errorf("the database's address leads to another server now (%s) than the one that is followed (%s)", server, own)
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// every calls f at once and then again and again, until it fails or ctx ends.
func every(ctx context.Context, interval time.Duration, f func() error) error {
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

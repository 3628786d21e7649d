package feed

import (
	"context"
	"errors"
	"time"

	"github.com/glancegate/glancegate/dbbackend/feed/internal/binlog"
	"github.com/glancegate/glancegate/dbbackend/feed/internal/follow"
	"github.com/glancegate/glancegate/dbbackend/feed/internal/notify"
	"github.com/glancegate/glancegate/internal/dburl"
)

// errFollowed ends a session once it has begun.
var errFollowed = errors.New("the feed is up")

// Check tests whether the changes of a database can be followed, which needs
// privileges and settings. The error names what is missing and how to add it.
func Check(ctx context.Context, url string) error {
	f, err := New(Config{URL: url})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 2*follow.ConnectTimeout)
	defer cancel()
	first, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	s := follow.New(discard{}, func() { stop(errFollowed) }, func(err error) { stop(err) })
	_ = f.source.Follow(first, s)
	if err := context.Cause(first); !errors.Is(err, errFollowed) {
		return err
	}
	return nil
}

// discard is a changeSink that does nothing.
type discard struct{}

func (discard) Current(time.Time)                   {}
func (discard) Changed(...string)                   {}
func (discard) Changing(...string) (visible func()) { return func() {} }
func (discard) ChangedAll()                         {}

// Instructions returns what an administrator has to run before changes of the
// database can be followed, with comments: SQL for PostgreSQL, MySQL and MariaDB.
func Instructions(url string) (string, error) {
	u, err := dburl.Parse(url)
	if err != nil {
		return "", err
	}
	switch u.Dialect {
	case dburl.PostgreSQL:
		return notify.Script(), nil
	case dburl.MySQL:
		return binlog.Instructions(u), nil
	}
	return "-- Changes of a SQLite file need no preparation.\n", nil
}

// Install creates the triggers of PostgreSQL, in one transaction. It does nothing
// if changes can already be followed.
func Install(ctx context.Context, url string) error {
	source, err := triggersOf(url)
	if err != nil {
		return err
	}
	if Check(ctx, url) == nil {
		return nil
	}
	return source.Install(ctx)
}

// Remove drops the triggers of PostgreSQL and their schema, in one transaction.
func Remove(ctx context.Context, url string) error {
	source, err := triggersOf(url)
	if err != nil {
		return err
	}
	return source.Remove(ctx)
}

// errNothingToInstall is the answer for other databases.
var errNothingToInstall = errors.New("only PostgreSQL needs triggers; `caddy glance-registry changes print` says what this database needs")

func triggersOf(url string) (*notify.Source, error) {
	u, err := dburl.Parse(url)
	if err != nil {
		return nil, err
	}
	if u.Dialect != dburl.PostgreSQL {
		return nil, errNothingToInstall
	}
	return notify.New(u, nil)
}

package feed

import (
	"context"
	"errors"

	"github.com/glancegate/glancegate/dbbackend/feed/internal/binlog"
	"github.com/glancegate/glancegate/dbbackend/feed/internal/notify"
	"github.com/glancegate/glancegate/internal/dburl"
)

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

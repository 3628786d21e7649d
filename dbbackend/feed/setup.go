package feed

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/glancegate/glancegate/dbbackend/dburl"
)

// Instructions is what an administrator has to run so that changes of the
// database can be followed, with comments: SQL for PostgreSQL, MySQL and
// MariaDB.
func Instructions(url string) (string, error) {
	u, err := dburl.Parse(url)
	if err != nil {
		return "", err
	}
	switch u.Dialect {
	case dburl.PostgreSQL:
		return installScript(), nil
	case dburl.MySQL:
		return mysqlInstructions(u), nil
	}
	return "-- Changes of a SQLite file can be followed without further ado.\n", nil
}

// Install makes the triggers of PostgreSQL, in one transaction. Where they are
// in order it does nothing.
func Install(ctx context.Context, url string) error {
	return inPostgreSQL(ctx, url, func(ctx context.Context, c *pgx.Conn) error {
		if Check(ctx, url) == nil {
			return nil
		}
		return runInOne(ctx, c, installStatements())
	})
}

// Remove drops the triggers of PostgreSQL and the schema that was made for them,
// in one transaction.
func Remove(ctx context.Context, url string) error {
	return inPostgreSQL(ctx, url, func(ctx context.Context, c *pgx.Conn) error {
		return runInOne(ctx, c, removeStatements())
	})
}

// errNothingToInstall is the answer for other databases.
var errNothingToInstall = errors.New("only PostgreSQL needs triggers; `caddy glance-registry changes print` says what this database needs")

func inPostgreSQL(ctx context.Context, url string, f func(context.Context, *pgx.Conn) error) error {
	u, err := dburl.Parse(url)
	if err != nil {
		return err
	}
	if u.Dialect != dburl.PostgreSQL {
		return errNothingToInstall
	}
	p, err := newPostgreSQL(u, nil)
	if err != nil {
		return err
	}
	c, _, err := p.connect(ctx)
	if err != nil {
		return err
	}
	defer closeNow(c)
	if err := checkPrimary(ctx, c); err != nil {
		return err
	}
	return f(ctx, c)
}

func runInOne(ctx context.Context, c *pgx.Conn, statements []string) error {
	return pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error {
		for _, statement := range statements {
			if _, err := tx.Exec(ctx, statement); err != nil {
				return fmt.Errorf("%w\n%s", err, statement)
			}
		}
		return nil
	})
}

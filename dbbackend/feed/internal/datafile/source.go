// Package datafile follows the changes of a SQLite database by looking at the change
// counter of its file.
package datafile

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"time"

	sqlite3 "modernc.org/sqlite"

	"github.com/glancegate/glancegate/dbbackend/feed/internal/follow"
	"github.com/glancegate/glancegate/internal/dburl"
)

// sqliteInterval is how often the change counter is read. A change is reported
// after half of it on average.
const sqliteInterval = 20 * time.Millisecond

// Source reads the counter that SQLite raises when another connection, of this or
// another process, has changed the file.
type Source struct{ path string }

func New(u *dburl.URL) (*Source, error) {
	path, err := u.SQLitePath()
	if err != nil {
		return nil, err
	}
	return &Source{path}, nil
}

func (q *Source) Follow(ctx context.Context, s *follow.Session) error {
	file, err := os.Stat(q.path)
	if errors.Is(err, fs.ErrNotExist) {
		return s.Down(fmt.Errorf("there is no file %s yet", q.path))
	} else if err != nil {
		return s.Down(err)
	}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: q.path}).EscapedPath()+"?mode=rw&_pragma=busy_timeout(0)")
	if err != nil {
		return s.Down(err)
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return s.Down(fmt.Errorf("%s: %w", q.path, err))
	}
	defer conn.Close()

	var last int64
	answered := time.Now()
	return s.Down(follow.Every(ctx, sqliteInterval, func() error {
		began := time.Now()
		// The connection still reads a file that was replaced.
		if now, err := os.Stat(q.path); err != nil {
			return err
		} else if !os.SameFile(file, now) {
			return fmt.Errorf("the file %s was replaced", q.path)
		}
		version, err := dataVersion(ctx, conn)
		switch {
		case isBusy(err) && time.Since(answered) < follow.AnswerTimeout:
			// An exclusive lock keeps readers out, too.
			return nil
		case err != nil:
			return fmt.Errorf("%s: %w", q.path, err)
		case !s.IsUp():
			s.Up()
		case version != last:
			s.ChangedAll()
		}
		last, answered = version, began
		s.SetCurrent(began)
		return nil
	}))
}

func dataVersion(ctx context.Context, conn *sql.Conn) (version int64, err error) {
	ctx, cancel := context.WithTimeout(ctx, follow.AnswerTimeout)
	defer cancel()
	err = conn.QueryRowContext(ctx, "PRAGMA data_version").Scan(&version)
	return version, err
}

// isBusy reports whether another connection holds a lock.
func isBusy(err error) bool {
	const busy, locked = 5, 6 // SQLITE_BUSY, SQLITE_LOCKED
	var e *sqlite3.Error
	return errors.As(err, &e) && (e.Code()&0xff == busy || e.Code()&0xff == locked)
}

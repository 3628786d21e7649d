package feed

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

	"github.com/glancegate/glancegate/dbbackend/dburl"
)

// sqliteInterval is how often the change counter is read: a change is told
// about half of it later.
const sqliteInterval = 20 * time.Millisecond

// sqliteSource reads the counter with which SQLite tells a connection that
// another one, of this or of another process, has changed the file.
type sqliteSource struct{ path string }

func newSQLite(u *dburl.URL) (*sqliteSource, error) {
	path, err := u.SQLitePath()
	if err != nil {
		return nil, err
	}
	return &sqliteSource{path}, nil
}

func (q *sqliteSource) follow(ctx context.Context, s *session) error {
	file, err := os.Stat(q.path)
	if errors.Is(err, fs.ErrNotExist) {
		return s.down(fmt.Errorf("there is no file %s yet", q.path))
	} else if err != nil {
		return s.down(err)
	}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: q.path}).EscapedPath()+"?mode=rw&_pragma=busy_timeout(0)")
	if err != nil {
		return s.down(err)
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return s.down(fmt.Errorf("%s: %w", q.path, err))
	}
	defer conn.Close()

	var last int64
	heard := time.Now()
	return s.down(every(ctx, sqliteInterval, func() error {
		began := time.Now()
		// A file that was replaced goes on changing under another name.
		if now, err := os.Stat(q.path); err != nil {
			return err
		} else if !os.SameFile(file, now) {
			return fmt.Errorf("the file %s was replaced", q.path)
		}
		version, err := dataVersion(ctx, conn)
		switch {
		case isBusy(err) && time.Since(heard) < answerLimit:
			// Whoever has the file for himself keeps readers out, too.
			return nil
		case err != nil:
			return fmt.Errorf("%s: %w", q.path, err)
		case s.since.IsZero():
			s.up()
		case version != last:
			s.sink.ChangedAll()
		}
		last, heard = version, began
		s.current(began)
		return nil
	}))
}

func dataVersion(ctx context.Context, conn *sql.Conn) (version int64, err error) {
	ctx, cancel := context.WithTimeout(ctx, answerLimit)
	defer cancel()
	err = conn.QueryRowContext(ctx, "PRAGMA data_version").Scan(&version)
	return version, err
}

// isBusy tells whether another connection holds a lock.
func isBusy(err error) bool {
	const busy, locked = 5, 6 // SQLITE_BUSY, SQLITE_LOCKED
	var e *sqlite3.Error
	return errors.As(err, &e) && (e.Code()&0xff == busy || e.Code()&0xff == locked)
}

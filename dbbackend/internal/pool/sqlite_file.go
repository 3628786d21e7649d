package pool

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io/fs"
	"os"

	sqlite3 "modernc.org/sqlite"
)

// openSQLiteFile prepares connections to a file. When the file is replaced,
// connections to the old one are not used again.
func openSQLiteFile(path, dsn string) (*sql.DB, error) {
	connector, err := sqlite3.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(fileConnector{connector, path}), nil
}

type fileConnector struct {
	driver.Connector
	path string
}

// sqliteConn is what a connection of the driver can do.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// fileConn is a connection that knows its file.
type fileConn struct {
	sqliteConn
	path string
	file os.FileInfo // nil: not known
}

// Connect implements driver.Connector.
func (f fileConnector) Connect(ctx context.Context) (driver.Conn, error) {
	before, statErr := os.Stat(f.path)
	c, err := f.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	conn, ok := c.(sqliteConn)
	if !ok {
		_ = c.Close()
		return nil, errors.New("the SQLite driver lacks methods that the pool needs")
	}
	if statErr != nil {
		before = nil
	}
	return fileConn{conn, f.path, before}, nil
}

// ResetSession implements driver.SessionResetter. It is called before a
// connection is used again.
func (f fileConn) ResetSession(ctx context.Context) error {
	if now, err := os.Stat(f.path); errors.Is(err, fs.ErrNotExist) || err == nil && (f.file == nil || !os.SameFile(f.file, now)) {
		return driver.ErrBadConn
	}
	return f.sqliteConn.ResetSession(ctx)
}

package dburl

import (
	"errors"
	"fmt"
	"strings"
)

// drivers are the drivers with which Glance was used (registry-config.md, 6.3).
var drivers = map[string]string{
	"mysql":                   MySQL,
	"mysql+pymysql":           MySQL,
	"mysql+mysqldb":           MySQL,
	"mysql+mysqlconnector":    MySQL,
	"mysql+oursql":            MySQL,
	"mysql+cymysql":           MySQL,
	"postgresql":              PostgreSQL,
	"postgresql+psycopg2":     PostgreSQL,
	"postgresql+psycopg2cffi": PostgreSQL,
	"postgresql+pg8000":       PostgreSQL,
	"postgres":                PostgreSQL, // an alias that SQLAlchemy 1.4 removed
	"postgres+psycopg2":       PostgreSQL,
	"sqlite":                  SQLite,
	"sqlite+pysqlite":         SQLite,
}

// rare are drivers whose arguments and settings may differ from those that
// this package knows.
var rare = map[string]bool{
	"mysql+mysqlconnector": true, "mysql+oursql": true, "mysql+cymysql": true,
	"postgresql+pg8000": true, "postgresql+psycopg2cffi": true,
}

const wordCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+"

// dialectOf returns the dialect of a driver. Errors do not quote a text that can't be a
// driver: it may be a misplaced password.
func dialectOf(driver string) (string, error) {
	if driver == "" || strings.Trim(driver, wordCharacters) != "" {
		return "", errors.New("database URL: it must begin with a driver, such as mysql+pymysql://, postgresql:// or sqlite:///")
	}
	dialect, ok := drivers[driver]
	if !ok {
		return "", fmt.Errorf("database URL: driver %q is not supported; write mysql+pymysql, postgresql or sqlite, in lower case", driver)
	}
	return dialect, nil
}

// driverWarning warns that a driver may differ in details.
func (u *URL) driverWarning() []string {
	if !rare[u.Driver] {
		return nil
	}
	return []string{"database URL: driver " + u.Driver + " is treated as " + u.Dialect + "; check arguments and TLS"}
}

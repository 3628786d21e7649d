// Package dburl reads database URLs as SQLAlchemy 1.0 to 1.3 did, which
// net/url does not: operators have them in glance-registry.conf
// (registry-config.md, 6.2).
package dburl

import (
	"log/slog"
	"strings"
)

// The dialects.
const (
	MySQL      = "mysql"
	PostgreSQL = "postgresql"
	SQLite     = "sqlite"
)

// URL is a database URL in parts, decoded. Printing it, with any verb or as
// JSON, leaves the password and the arguments out.
type URL struct {
	// Dialect is one of the constants above; Driver is the text in front of
	// "://", such as "mysql+pymysql".
	Dialect, Driver string

	// What is empty is missing. Host has no brackets; Port is a number.
	User, Host, Port, Database string

	// Query has the arguments; of a repeated one the last counts, unless it is
	// PostgreSQL's host or port, which are joined by commas, and empty ones are
	// missing.
	Query map[string]string

	// The password is behind a pointer because package fmt prints what an
	// unexported field of another type holds without asking its String.
	password *string
}

// Password returns the password and whether the URL has one, which may be
// empty.
func (u *URL) Password() (string, bool) {
	if u.password == nil {
		return "", false
	}
	return *u.password, true
}

// Redacted is the URL for logs: without password and arguments, which can hold
// secrets, too.
func (u *URL) Redacted() string {
	text := u.Driver + "://"
	if u.User != "" || u.password != nil {
		text += u.User
		if u.password != nil {
			text += ":***"
		}
		text += "@"
	}
	if host := u.Host; isIPv6(host) {
		text += "[" + host + "]"
	} else {
		text += host
	}
	if u.Port != "" {
		text += ":" + u.Port
	}
	return text + "/" + u.Database
}

// Location names the database of the URL, independent of user and arguments. Two
// locations can still be the same database, for instance by two names of a host.
func (u *URL) Location() string {
	host, port := u.Host, u.Port
	switch {
	case u.Dialect == PostgreSQL:
		if listed, ports, err := u.postgreSQLHosts(); err == nil {
			host, port = listed, ports
		}
		port = orDefault(port, "5432")
	case u.Dialect == MySQL && u.Query["unix_socket"] != "":
		return strings.Join([]string{u.Dialect, u.Query["unix_socket"], u.Database}, " ")
	case u.Dialect == MySQL:
		port = orDefault(port, "3306")
	}
	return strings.Join([]string{u.Dialect, strings.ToLower(host), port, u.Database}, " ")
}

// String implements fmt.Stringer with Redacted.
func (u URL) String() string { return u.Redacted() }

// GoString implements fmt.GoStringer with Redacted.
func (u URL) GoString() string { return u.Redacted() }

// MarshalText implements encoding.TextMarshaler with Redacted.
func (u URL) MarshalText() ([]byte, error) { return []byte(u.Redacted()), nil }

// LogValue implements slog.LogValuer with Redacted.
func (u URL) LogValue() slog.Value { return slog.StringValue(u.Redacted()) }

// Package dburl reads database URLs as SQLAlchemy 1.0 to 1.3 did, which
// net/url does not: operators have them in glance-registry.conf
// (registry-config.md, 6.2).
package dburl

import (
	"errors"
	"fmt"
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
// JSON, leaves the password out.
type URL struct {
	// Dialect is one of the constants above; Driver is the text in front of
	// "://", such as "mysql+pymysql".
	Dialect, Driver string

	User, Host, Port, Database string

	// Query has the arguments; of a repeated one the last counts.
	Query map[string]string

	password    string
	hasPassword bool
}

// dialects by the part of the driver in front of a plus.
var dialects = map[string]string{
	"mysql": MySQL, "postgresql": PostgreSQL, "postgres": PostgreSQL, "sqlite": SQLite,
}

// Parse reads a URL. Errors name the part that is wrong and never contain the
// password.
func Parse(text string) (*URL, error) {
	driver, rest, found := strings.Cut(text, "://")
	if !found || driver == "" || strings.Trim(driver, wordCharacters) != "" {
		return nil, errors.New("database URL: it must begin with a driver, such as mysql+pymysql://, postgresql:// or sqlite:///")
	}
	base, _, _ := strings.Cut(driver, "+")
	dialect, known := dialects[base]
	if !known {
		return nil, fmt.Errorf("database URL: driver %q is not supported; use mysql, postgresql or sqlite", driver)
	}
	u := &URL{Dialect: dialect, Driver: driver, Query: map[string]string{}}
	rest = u.takeCredentials(rest)
	rest, err := u.takeHost(rest)
	if err != nil {
		return nil, err
	}
	u.takeDatabase(rest)
	return u, nil
}

const wordCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+"

// takeCredentials takes the user, and a password up to the last "@" of the
// whole text: it may hold every character.
func (u *URL) takeCredentials(rest string) string {
	end := strings.IndexAny(rest, ":/")
	if end < 0 {
		end = len(rest)
	}
	if end < len(rest) && rest[end] == ':' {
		if at := strings.LastIndexByte(rest, '@'); at > end {
			u.User, u.password, u.hasPassword = unquote(rest[:end]), unquote(rest[end+1:at]), true
			return rest[at+1:]
		}
	}
	if at := strings.IndexByte(rest[:end], '@'); at >= 0 {
		u.User = unquote(rest[:at])
		return rest[at+1:]
	}
	return rest
}

func (u *URL) takeHost(rest string) (string, error) {
	if strings.HasPrefix(rest, "[") {
		end := strings.IndexByte(rest, ']')
		if end < 0 || strings.Contains(rest[:end], "/") {
			return "", errors.New("database URL: the IPv6 address lacks its closing bracket")
		}
		u.Host, rest = rest[1:end], rest[end+1:]
	} else {
		end := strings.IndexAny(rest, "/:")
		if end < 0 {
			end = len(rest)
		}
		u.Host, rest = rest[:end], rest[end:]
	}
	if port, ok := strings.CutPrefix(rest, ":"); ok {
		digits := len(port) - len(strings.TrimLeft(port, "0123456789"))
		u.Port, rest = port[:digits], port[digits:]
		if u.Port == "" {
			return "", errors.New("database URL: the port behind the host must be a number")
		}
	}
	if rest != "" && rest[0] != '/' {
		return "", errors.New("database URL: a slash and the name of the database must follow host and port")
	}
	return rest, nil
}

func (u *URL) takeDatabase(rest string) {
	database, query, _ := strings.Cut(strings.TrimPrefix(rest, "/"), "?")
	u.Database = database
	for _, pair := range strings.Split(query, "&") {
		key, value, _ := strings.Cut(pair, "=")
		if value = unquote(strings.ReplaceAll(value, "+", " ")); value != "" {
			u.Query[unquote(strings.ReplaceAll(key, "+", " "))] = value
		}
	}
}

// unquote decodes percent escapes; one that is none stays as it is.
func unquote(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && hexValue(s[i+1]) >= 0 && hexValue(s[i+2]) >= 0 {
			b.WriteByte(byte(hexValue(s[i+1])<<4 | hexValue(s[i+2])))
			i += 2
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func hexValue(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// Password returns the password and whether the URL has one.
func (u *URL) Password() (string, bool) { return u.password, u.hasPassword }

// Redacted is the URL for logs: without password and arguments, which can hold
// secrets, too.
func (u *URL) Redacted() string {
	text := u.Driver + "://"
	if u.User != "" {
		text += u.User
		if u.hasPassword {
			text += ":***"
		}
		text += "@"
	}
	text += u.Host
	if u.Port != "" {
		text += ":" + u.Port
	}
	return text + "/" + u.Database
}

// String implements fmt.Stringer with Redacted.
func (u URL) String() string { return u.Redacted() }

// GoString implements fmt.GoStringer with Redacted.
func (u URL) GoString() string { return u.Redacted() }

// MarshalText implements encoding.TextMarshaler with Redacted.
func (u URL) MarshalText() ([]byte, error) { return []byte(u.Redacted()), nil }

// LogValue implements slog.LogValuer with Redacted.
func (u URL) LogValue() slog.Value { return slog.StringValue(u.Redacted()) }

package dburl

import "strings"

// sqliteArguments are those of Python's module, which mean nothing here, but
// for uri: with it the path could be a whole URL with settings of its own.
var sqliteArguments = arguments{
	ignored: []string{"timeout", "check_same_thread", "isolation_level", "detect_types", "cached_statements"},
	refused: map[string]string{"uri": "write the path of the file"},
}

// SQLitePath is the path of the database file: absolute behind four slashes,
// otherwise relative to the working directory. A database in memory is an
// error.
func (u *URL) SQLitePath() (string, error) {
	if _, err := sqliteArguments.check(u); err != nil {
		return "", err
	}
	const form = "write sqlite:////absolute/path or sqlite:///relative/path"
	switch {
	case u.Host != "" || u.Port != "" || u.User != "" || u.password != nil:
		return "", u.errorf("SQLite has no host; %s", form)
	case u.Database == "" || strings.Contains(u.Database, ":memory:"):
		return "", u.errorf("a database in memory is lost at the next reload; %s", form)
	}
	return u.Database, nil
}

package dburl

import "errors"

// SQLitePath is the path of the database file: absolute behind four slashes,
// otherwise relative to the working directory.
func (u *URL) SQLitePath() (string, error) {
	switch {
	case u.Host != "" || u.User != "":
		return "", errors.New("database URL: sqlite takes no host; write sqlite:////absolute/path or sqlite:///relative/path")
	case u.Database == "" || u.Database == ":memory:":
		return "", errors.New("database URL: a database in memory is of no use here; write sqlite:////absolute/path")
	}
	return u.Database, nil
}

package fault

import (
	"errors"
	"strings"

	sqlite3 "modernc.org/sqlite"
)

// Result codes of SQLite (sqlite.org/rescode.html).
const (
	sqlitePerm       = 3
	sqliteBusy       = 5
	sqliteLocked     = 6
	sqliteNoMem      = 7
	sqliteReadOnly   = 8
	sqliteInterrupt  = 9
	sqliteIOErr      = 10
	sqliteCorrupt    = 11
	sqliteFull       = 13
	sqliteCantOpen   = 14
	sqliteProtocol   = 15
	sqliteSchema     = 17
	sqliteTooBig     = 18
	sqliteConstraint = 19
	sqliteMismatch   = 20
	sqliteNoLFS      = 22
	sqliteAuth       = 23
	sqliteNotADB     = 26
	sqlitePrimaryKey = sqliteConstraint | 6<<8
	sqliteUnique     = sqliteConstraint | 8<<8
)

func OfSQLite(err error) Kind {
	var lite *sqlite3.Error
	if !errors.As(err, &lite) {
		return ofConnection(err)
	}
	if code := lite.Code(); code == sqlitePrimaryKey || code == sqliteUnique {
		return Duplicate
	}
	switch lite.Code() & 0xff {
	case sqliteBusy, sqliteLocked:
		return Locked
	case sqliteInterrupt:
		return Interrupted
	case sqlitePerm, sqliteNoMem, sqliteReadOnly, sqliteIOErr, sqliteCorrupt, sqliteFull, sqliteCantOpen, sqliteProtocol,
		sqliteNoLFS, sqliteAuth, sqliteNotADB:
		return Unavailable
	case sqliteConstraint, sqliteTooBig, sqliteMismatch:
		return Refused
	case sqliteSchema:
		return Outdated
	}
	// SQLite has one code for all errors of a statement, and only its text says which.
	for _, text := range []string{"no such column", "no such table", "has no column named"} { // the last one of an INSERT
		if strings.Contains(err.Error(), text) {
			return Stale
		}
	}
	return Other
}

package feed

import (
	"strings"

	"github.com/go-mysql-org/go-mysql/replication"
)

// meaning is what a statement in the binlog is to a feed.
type meaning int

const (
	changes  meaning = iota // anything that is not known to be harmless
	harmless                // nothing of ours
	begins
	ends
	endsPrepared // a transaction of before
)

// query deals with a statement. Changes of rows come as such, so that what comes
// as a statement changes tables, steers transactions, or is from a session that
// logs statements.
func (r *reader) query(e *replication.QueryEvent) error {
	switch meaningOf(string(e.Query), string(e.Schema), r.server.schema) {
	case begins:
		return r.begin(true)
	case ends:
		return r.commit()
	case changes:
		r.columns = nil
		r.pending.all, r.pending.table = true, ""
		if r.pending.open {
			return nil
		}
		return r.commit()
	case endsPrepared:
		r.pending.all, r.pending.table = true, ""
		return r.commit()
	}
	return nil
}

// meaningOf looks at a statement that ran in the schema current.
func meaningOf(statement, current, ours string) meaning {
	text := strings.ToLower(uncommented(statement))
	words := strings.FieldsFunc(text, func(r rune) bool { return !(r == '_' || r >= 'a' && r <= 'z') })
	word := func(i int) string {
		if i < len(words) {
			return words[i]
		}
		return ""
	}
	switch word(0) {
	case "begin", "start":
		return begins
	case "commit":
		return ends
	case "rollback":
		if word(1) == "to" || word(2) == "to" {
			return harmless
		}
		return ends
	case "savepoint", "release":
		return harmless
	case "xa":
		switch word(1) {
		case "commit", "rollback":
			return endsPrepared
		case "start", "begin", "end":
			return harmless
		}
	case "create", "alter", "drop", "truncate", "rename", "grant", "revoke", "flush", "analyze", "optimize", "repair", "set":
		if !strings.EqualFold(current, ours) && !strings.Contains(text, strings.ToLower(ours)) && !strings.Contains(text, "image") {
			return harmless
		}
	case "":
		return harmless
	}
	return changes
}

// uncommented takes comments off the beginning, but for those with code.
func uncommented(statement string) string {
	for {
		statement = strings.TrimLeft(statement, " \t\r\n\f\v")
		switch {
		case strings.HasPrefix(statement, "/*") && !strings.HasPrefix(statement, "/*!") && !strings.HasPrefix(statement, "/*M!"):
			_, rest, found := strings.Cut(statement[2:], "*/")
			if !found {
				return ""
			}
			statement = rest
		case strings.HasPrefix(statement, "#"), strings.HasPrefix(statement, "-- "):
			_, statement, _ = strings.Cut(statement, "\n")
		default:
			return statement
		}
	}
}

package binlog

import (
	"strings"

	"github.com/go-mysql-org/go-mysql/replication"
)

// meaning is what a statement in the binlog means for the feed.
type meaning int

const (
	changes  meaning = iota // anything that is not known to be harmless
	harmless                // changes no image
	begins
	ends
	endsPrepared // an earlier, prepared transaction
)

// query handles a statement. Rows have events of their own, so a statement changes
// tables, controls transactions, or comes from a session that logs statements.
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

// meaningOf parses a statement that ran in the schema current.
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

// uncommented strips leading comments, except those with code.
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

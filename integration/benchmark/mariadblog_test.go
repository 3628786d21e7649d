package benchmark

import (
	"database/sql"
	"regexp"
	"testing"

	"github.com/glancegate/glancegate/registry/records"
)

// mariaDBLog is the general query log, in a table.
type mariaDBLog struct{ db *sql.DB }

func (l *mariaDBLog) begin(b *testing.B) {
	b.Helper()
	l.run(b, "SET GLOBAL log_output = 'TABLE'", "SET GLOBAL general_log = 1")
}

func (l *mariaDBLog) end(b *testing.B) {
	b.Helper()
	l.run(b, "SET GLOBAL general_log = 0", "TRUNCATE mysql.general_log")
}

func (l *mariaDBLog) next(b *testing.B) script {
	b.Helper()
	rows, err := l.db.QueryContext(b.Context(), `SELECT argument FROM mysql.general_log WHERE command_type = 'Query'
		AND (argument LIKE '/* glance_registry %' OR argument IN ('START TRANSACTION', 'COMMIT'))`)
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	var s script
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			b.Fatal(err)
		}
		s = append(s, withArguments(text))
	}
	if err := rows.Err(); err != nil {
		b.Fatal(err)
	}
	l.run(b, "TRUNCATE mysql.general_log")
	return s
}

func (l *mariaDBLog) run(b *testing.B, texts ...string) {
	b.Helper()
	for _, text := range texts {
		if _, err := l.db.ExecContext(b.Context(), text); err != nil {
			b.Fatalf("%s: %v", text, err)
		}
	}
}

var quoted = regexp.MustCompile(`'[^'\\]*'`)

// withArguments takes the arguments out of a statement again, where the driver put
// them. Numbers stay: they are few, and some of them belong there.
func withArguments(text string) statement {
	var args []any
	text = quoted.ReplaceAllStringFunc(text, func(literal string) string {
		switch value := literal[1 : len(literal)-1]; value {
		case records.Public, records.Shared, records.Community, records.Private:
			return literal
		default:
			args = append(args, value)
			return "?"
		}
	})
	return statement{text, args}
}

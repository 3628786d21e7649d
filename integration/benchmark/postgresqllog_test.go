package benchmark

import (
	"database/sql"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// postgreSQLLog is the server's log file, next to its data.
type postgreSQLLog struct {
	db   *sql.DB
	name string
	path string
	read int // bytes
}

func (l *postgreSQLLog) begin(b *testing.B) {
	b.Helper()
	var data string
	if err := l.db.QueryRowContext(b.Context(), "SELECT current_database(), current_setting('data_directory')").
		Scan(&l.name, &data); err != nil {
		b.Fatal(err)
	}
	l.path = filepath.Join(filepath.Dir(data), "log")
	l.run(b, "ALTER DATABASE "+l.name+" SET log_statement = 'all'")
	l.next(b)
}

func (l *postgreSQLLog) end(b *testing.B) {
	b.Helper()
	l.run(b, "ALTER DATABASE "+l.name+" RESET log_statement")
}

func (l *postgreSQLLog) run(b *testing.B, text string) {
	b.Helper()
	if _, err := l.db.ExecContext(b.Context(), text); err != nil {
		b.Fatalf("%s: %v", text, err)
	}
}

var (
	loggedStatement = regexp.MustCompile(`LOG:  (?:statement|execute [^:]*): (/\* glance_registry .*|begin|commit)$`)
	loggedArguments = regexp.MustCompile(`DETAIL:  parameters: (.*)$`)
	loggedArgument  = regexp.MustCompile(`\$\d+ = (NULL|'(?:[^']|'')*')`)
)

func (l *postgreSQLLog) next(b *testing.B) script {
	b.Helper()
	text, err := os.ReadFile(l.path)
	if err != nil {
		b.Fatal(err)
	}
	fresh := string(text[l.read:])
	l.read = len(text)
	var s script
	ours := false
	for line := range strings.Lines(fresh) {
		line = strings.TrimRight(line, "\n")
		if m := loggedStatement.FindStringSubmatch(line); m != nil {
			s, ours = append(s, statement{text: m[1]}), true
		} else if m := loggedArguments.FindStringSubmatch(line); m != nil && ours {
			s[len(s)-1].args = arguments(m[1])
		} else {
			ours = false
		}
	}
	return s
}

// arguments are texts, whatever they were; the server takes them as such.
func arguments(logged string) []any {
	var args []any
	for _, m := range loggedArgument.FindAllStringSubmatch(logged, -1) {
		if m[1] == "NULL" {
			args = append(args, nil)
			continue
		}
		args = append(args, strings.ReplaceAll(strings.Trim(m[1], "'"), "''", "'"))
	}
	return args
}

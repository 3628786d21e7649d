package benchmark

import (
	"database/sql"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/identity"
	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/records"
	"github.com/glancegate/glancegate/registry/rest"
	"github.com/glancegate/glancegate/registry/rpc"
)

// statement is SQL as the gateway sends it.
type statement struct {
	text     string
	args     []any
	prepared bool // MariaDB's log tells
}

// script is what the gateway sends for one request.
type script []statement

func (s statement) begins() bool {
	return strings.EqualFold(s.text, "begin") || s.text == "START TRANSACTION"
}
func (s statement) commits() bool { return strings.EqualFold(s.text, "commit") }

// reads reports whether the statement has rows to read.
func (s statement) reads() bool {
	_, text, _ := strings.Cut(s.text, "*/ ")
	return strings.HasPrefix(text, "SELECT ") || strings.Contains(text, " RETURNING ")
}

// statementLog is a server's log of the gateway's statements.
type statementLog interface {
	// begin switches the log on for connections that are opened from now on.
	begin(*testing.B)
	// next returns what was logged since begin, or since the call before.
	next(*testing.B) script
	// end switches the log off.
	end(*testing.B)
}

// captureScripts serves every request once. It returns what the gateway sent to
// the database for each, and what it answered to the first.
func captureScripts(b *testing.B, db *servers.Database, requests []request) (scripts []script, answer string) {
	b.Helper()
	log := newStatementLog(db)
	log.begin(b)
	defer log.end(b)
	backend, err := dbbackend.Open(dbbackend.Config{URL: db.URL, Prepare: true})
	if err != nil {
		b.Fatal(err)
	}
	defer backend.Close()
	if err := backend.Check(b.Context()); err != nil {
		b.Fatal(err)
	}
	log.next(b)
	for _, r := range requests {
		answerOf(b, backend, r) // counts what a page can look at
		log.next(b)
		text := answerOf(b, backend, r)
		s := log.next(b)
		if len(s) == 0 {
			b.Fatalf("%s %s: %s logged no statement", r.method, r.path, db.Dialect)
		}
		if scripts = append(scripts, s); len(scripts) == 1 {
			answer = text
		}
	}
	return scripts, answer
}

// answerOf is the answer to a request, given without a server.
func answerOf(b testing.TB, store records.Store, r request) string {
	b.Helper()
	service := &registry.Service{Store: store}
	v1 := &rest.API{Service: service, DefaultPage: 25, MaxPage: 1000, BodyLimit: 1 << 20}
	v2 := &rpc.API{Service: service, BodyLimit: 1 << 20, MaxCommands: 1, MaxDepth: 64}
	who := &identity.Trusted{FromDefault: true, Rules: identity.Rules{AdminRole: "admin", OwnerIsTenant: true}}
	q := r.http(b, "")
	q.RemoteAddr = "127.0.0.1:1"
	caller, err := who.Identify(q)
	if err != nil {
		b.Fatal(err)
	}
	recorder := httptest.NewRecorder()
	if r.path == "/rpc" {
		v2.Serve(recorder, q, &caller)
	} else {
		v1.Serve(recorder, q, rest.Match(q.Method, q.URL.Path), &caller)
	}
	if recorder.Code != http.StatusOK || strings.Contains(recorder.Body.String(), "_error") {
		b.Fatalf("%s %s: %d %s", r.method, r.path, recorder.Code, recorder.Body)
	}
	return recorder.Body.String()
}

func newStatementLog(db *servers.Database) statementLog {
	if db.Dialect == servers.PostgreSQL {
		return &postgreSQLLog{db: db.DB}
	}
	return &mariaDBLog{db: db.DB}
}

// forSQLite makes SQLite's statements of those that MariaDB was sent: the two are
// sent the same, but SQLite locks no rows and has another word for a join in order.
func forSQLite(scripts []script) []script {
	for n := range scripts {
		for k := range scripts[n] {
			scripts[n][k].text = strings.Replace(scripts[n][k].text, " STRAIGHT_JOIN ", " CROSS JOIN ", 1)
		}
		scripts[n] = slices.DeleteFunc(scripts[n], func(s statement) bool { return strings.HasSuffix(s.text, " FOR UPDATE") })
	}
	return scripts
}

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
	rows, err := l.db.QueryContext(b.Context(), `SELECT argument, command_type = 'Execute' FROM mysql.general_log WHERE command_type IN ('Query', 'Execute')
		AND (argument LIKE '/* glance_registry %' OR argument IN ('START TRANSACTION', 'COMMIT'))`)
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	var s script
	for rows.Next() {
		var text string
		var prepared bool
		if err := rows.Scan(&text, &prepared); err != nil {
			b.Fatal(err)
		}
		s = append(s, withArguments(text, prepared))
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
func withArguments(text string, prepared bool) statement {
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
	return statement{text, args, prepared}
}

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

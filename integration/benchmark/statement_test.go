package benchmark

import (
	"net/http"
	"net/http/httptest"
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
	text string
	args []any
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
func answerOf(b *testing.B, store records.Store, r request) string {
	b.Helper()
	service := &registry.Service{Store: store}
	v1 := &rest.Handler{Service: service, DefaultPage: 25, MaxPage: 1000, BodyLimit: 1 << 20}
	v2 := &rpc.Handler{Service: service, BodyLimit: 1 << 20, MaxCommands: 1, MaxDepth: 64}
	who := &identity.Trusted{FromDefault: true, Rules: identity.Rules{AdminRole: "admin", OwnerIsTenant: true}}
	q := r.http(b, "")
	q.RemoteAddr = "127.0.0.1:1"
	caller, err := who.Identify(q)
	if err != nil {
		b.Fatal(err)
	}
	recorder := httptest.NewRecorder()
	if r.path == "/rpc" {
		v2.ServeHTTP(recorder, q, &caller)
	} else {
		v1.ServeHTTP(recorder, q, rest.Match(q.Method, q.URL.Path), &caller)
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
// sent the same, but SQLite locks no rows.
func forSQLite(scripts []script) []script {
	for n := range scripts {
		scripts[n] = slices.DeleteFunc(scripts[n], func(s statement) bool { return strings.HasSuffix(s.text, " FOR UPDATE") })
	}
	return scripts
}

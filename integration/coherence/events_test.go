package coherence

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/cachetest"
	"github.com/glancegate/glancegate/integration/servers"
)

// events is a server whose binlog has events of all kinds while gateways follow
// it under load. One image is written with each of them.
type events struct {
	*load
	server *servers.Server
	admin  cachetest.Admin
}

const eventsID = "c0ffee00-0009-4000-8000-000000000000"

// Whatever the binlog does, answers are no older than promised.
func TestEventsOfTheBinlog(t *testing.T) {
	args := []string{}
	if servers.IsMySQL() {
		args = append(args, "--gtid-mode=ON", "--enforce-gtid-consistency=ON")
	}
	server := servers.NewServer(t, servers.MySQL, args...)
	db := server.NewDatabase(t)
	l, admin := start(t, db, "changes\nredis "+servers.NewRedis(t))
	e := &events{l, server, admin}
	e.fill(12000)
	l.run(*length, func() {
		for n, event := range eventsOfTheBinlog {
			t.Run(event.name, func(t *testing.T) { e.sees(t, fmt.Sprint("event ", n), event.happens) })
		}
	})
	l.check()
	e.sees(t, "restarted", func(t *testing.T, e *events, write string) {
		e.server.Kill(t)
		e.server.Start(t)
		for e.db.DB.PingContext(t.Context()) != nil { // connections of before
		}
		e.do(t, write)
	})
}

var eventsOfTheBinlog = []struct {
	name    string
	happens func(t *testing.T, e *events, write string)
}{
	{"row", func(t *testing.T, e *events, write string) { e.do(t, write) }},
	{"minimal row", func(t *testing.T, e *events, write string) { e.do(t, "SET SESSION binlog_row_image = MINIMAL", write) }},
	{"statement", func(t *testing.T, e *events, write string) { e.do(t, "SET SESSION binlog_format = STATEMENT", write) }},
	{"rotation", func(t *testing.T, e *events, write string) { e.do(t, "FLUSH BINARY LOGS", write) }},
	{"purge", func(t *testing.T, e *events, write string) {
		e.do(t, "FLUSH BINARY LOGS", "PURGE BINARY LOGS TO '"+e.lastLog(t)+"'", write)
	}},
	{"compression", func(t *testing.T, e *events, write string) {
		statements := []string{"SET GLOBAL log_bin_compress = ON", "SET GLOBAL log_bin_compress_min_len = 10", write, "SET GLOBAL log_bin_compress = OFF"}
		if servers.IsMySQL() {
			statements = []string{"SET SESSION binlog_transaction_compression = ON", write}
		}
		e.do(t, statements...)
	}},
	{"XA", func(t *testing.T, e *events, write string) {
		e.do(t, "XA START 'a'", write, "XA END 'a'", "XA PREPARE 'a'", "XA COMMIT 'a'")
	}},
	{"tag of a GTID", func(t *testing.T, e *events, write string) {
		if servers.IsMySQL() {
			e.do(t, "SET SESSION gtid_next = 'AUTOMATIC:tag'", write)
		} else {
			e.do(t, "SET SESSION gtid_domain_id = 7", write)
		}
	}},
	{"DDL", func(t *testing.T, e *events, write string) {
		e.do(t, "ALTER TABLE images ADD COLUMN further INT", write, "ALTER TABLE images DROP COLUMN further")
	}},
	{"12,000 images", func(t *testing.T, e *events, write string) {
		e.do(t, "BEGIN", "UPDATE images SET min_ram = min_ram + 1 WHERE name = 'filling'", write, "COMMIT")
	}},
	{"killed reader", func(t *testing.T, e *events, write string) {
		e.killReaders(t)
		e.do(t, write)
	}},
	{"reset", func(t *testing.T, e *events, write string) {
		reset := "RESET MASTER"
		if servers.IsMySQL() {
			reset = "RESET BINARY LOGS AND GTIDS"
		}
		e.do(t, reset, write)
	}},
	{"row after all of them", func(t *testing.T, e *events, write string) { e.do(t, write) }},
}

// fill makes the image that is written, and deleted ones, which no list shows.
func (e *events) fill(deleted int) {
	e.t.Helper()
	const columns = "INSERT INTO images (id, name, status, visibility, created_at, updated_at, deleted, protected, min_disk, min_ram, os_hidden) VALUES "
	row := func(id, name string, deleted bool) string {
		return fmt.Sprintf("('%s', '%s', 'active', 'private', NOW(), NOW(), %v, FALSE, 0, 0, FALSE)", id, name, deleted)
	}
	var rows []string
	for n := range deleted {
		rows = append(rows, row(fmt.Sprintf("c0ffee00-0008-4000-8000-%012d", n), "filling", true))
	}
	e.do(e.t, columns+strings.Join(rows, ","), columns+row(eventsID, "first", true))
}

// do runs statements in a session of its own.
func (e *events) do(t *testing.T, statements ...string) {
	t.Helper()
	session, err := e.db.DB.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// It does not return to the pool, with the settings that it may have now.
	defer func() { _ = session.Raw(func(any) error { return sql.ErrConnDone }); _ = session.Close() }()
	for _, statement := range statements {
		if _, err := session.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%.200s: %v", statement, err)
		}
	}
}

// sees writes a name into the image while something happens, and expects it in
// the answers of both gateways in time.
func (e *events) sees(t *testing.T, name string, happens func(*testing.T, *events, string)) {
	t.Helper()
	if err := e.admin.Await("ready", cachetest.Ready(len(e.nodes))); err != nil {
		t.Fatal(err)
	}
	for node := range e.nodes {
		e.shows(t, node) // so that it is in the cache
	}
	happens(t, e, fmt.Sprintf("UPDATE images SET name = '%s' WHERE id = '%s'", name, eventsID))
	written := time.Now()
	for node := range e.nodes {
		for {
			got := e.shows(t, node)
			if got == name {
				break
			}
			if age := time.Since(written); age > bound+margin {
				t.Fatalf("node %d shows %q, %v after %q was written", node, got, age, name)
			}
		}
	}
	t.Logf("seen after %v", time.Since(written).Round(time.Millisecond))
}

// shows is the name that a gateway has. The image is deleted, which administrators
// see.
func (e *events) shows(t *testing.T, node int) string {
	t.Helper()
	body, err := cachetest.Send(t.Context(), http.DefaultClient, http.MethodPost, e.nodes[node]+"/rpc",
		fmt.Sprintf(`[{"command": "image_get", "kwargs": {"image_id": %q, "force_show_deleted": true}}]`, eventsID))
	if err != nil {
		t.Fatal(err)
	}
	_, name, _ := strings.Cut(string(body), `"name": "`)
	name, _, _ = strings.Cut(name, `"`)
	return name
}

func (e *events) lastLog(t *testing.T) string {
	t.Helper()
	rows, err := e.db.DB.Query("SHOW BINARY LOGS")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, _ := rows.Columns()
	var name string
	for rows.Next() {
		into := make([]any, len(columns))
		into[0] = &name
		for n := range into[1:] {
			into[n+1] = new(sql.RawBytes)
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return name
}

// killReaders ends the connections by which the binlog is read.
func (e *events) killReaders(t *testing.T) {
	t.Helper()
	rows, err := e.db.DB.QueryContext(context.Background(), "SELECT id FROM information_schema.processlist WHERE command LIKE 'Binlog Dump%'")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var killed int
	for ; rows.Next(); killed++ {
		var id int
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		e.do(t, fmt.Sprint("KILL ", id))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if killed == 0 {
		t.Error("no connection reads the binlog")
	}
}

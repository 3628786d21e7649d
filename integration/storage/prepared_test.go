package storage

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/integration/netproxy"
	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
)

// MySQL prepares a record's statement once for each connection, and then executes it.
func TestRecordsArePrepared(t *testing.T) {
	db := servers.NewDatabase(t, servers.MySQL)
	for _, c := range []struct {
		prepare bool
		want    string
	}{{true, "0 prepared, 20 executed"}, {false, "0 prepared, 0 executed"}} {
		node := registrytest.New(t, db, func(config *dbbackend.Config) {
			config.Prepare, config.MaxConnections, config.SchemaPoll = c.prepare, 1, -1
		})
		id := node.CreateImage(registrytest.Object{"name": "kept"})
		node.RespondTo("GET /images/" + id).Expect(200) // prepares it, unless the creation has
		prepared, executed := status(t, db, "Com_stmt_prepare"), status(t, db, "Com_stmt_execute")
		for range 20 {
			if image := node.RespondTo("GET /images/" + id).ExpectImage(); *image.Name != "kept" {
				t.Fatalf("%s has the name %q", id, *image.Name)
			}
		}
		got := fmt.Sprintf("%d prepared, %d executed", status(t, db, "Com_stmt_prepare")-prepared, status(t, db, "Com_stmt_execute")-executed)
		if got != c.want {
			t.Errorf("with prepare %v: %s, want %s", c.prepare, got, c.want)
		}
	}
}

// status is a counter of the server.
func status(t *testing.T, db *servers.Database, name string) int64 {
	t.Helper()
	return servers.Value[int64](t, db, "SELECT variable_value FROM information_schema.global_status WHERE variable_name = '"+name+"'")
}

// Statements that a server prepares no more are sent as text, and a new schema gets new
// ones.
func TestPreparedStatementsOutlive(t *testing.T) {
	db := servers.NewDatabase(t, servers.MySQL)
	node := registrytest.New(t, db, func(c *dbbackend.Config) { c.Prepare, c.MaxConnections, c.SchemaPoll = true, 1, -1 })
	id := node.CreateImage(registrytest.Object{"name": "kept"})
	for _, event := range [][]string{
		{"FLUSH TABLES"},
		{"ALTER TABLE image_properties ADD COLUMN extra INT NULL"},
		{"ALTER TABLE images MODIFY COLUMN name VARCHAR(254)"},
		{"ALTER TABLE images DROP COLUMN os_hash_value"},
		{"ALTER TABLE images ADD COLUMN os_hash_value VARCHAR(128) NULL"},
	} {
		db.Exec(t, event...)
		for range 3 {
			if image := node.RespondTo("GET /images/" + id).ExpectImage(); *image.Name != "kept" {
				t.Fatalf("after %s: %s has the name %q", event, id, *image.Name)
			}
		}
	}
	most := servers.Value[int64](t, db, "SELECT @@GLOBAL.max_prepared_stmt_count")
	db.Exec(t, "SET GLOBAL max_prepared_stmt_count = 0")
	defer db.Exec(t, fmt.Sprint("SET GLOBAL max_prepared_stmt_count = ", most))
	proxy, proxied := netproxy.New(t, db.URL)
	var sent [256]atomic.Int64 // by command
	proxy.Before(func(text []byte) []byte {
		if len(text) > header {
			sent[text[header]].Add(1)
		}
		return nil
	})
	late := registrytest.New(t, &servers.Database{URL: proxied}, func(c *dbbackend.Config) {
		c.Prepare, c.MaxConnections, c.SchemaPoll = true, 1, -1
	})
	for range 3 {
		late.RespondTo("GET /images/" + id).Expect(200)
	}
	if asked, executed := sent[prepareCommand].Load(), sent[executeCommand].Load(); asked != 1 || executed != 0 {
		t.Errorf("a server that prepares nothing was asked to %d times, and to execute what it has prepared %d times", asked, executed)
	}
}

// Commands of MySQL's protocol, which follow the header of a packet.
const (
	header         = 4
	prepareCommand = 0x16
	executeCommand = 0x17
	closeCommand   = 0x19
)

// A statement that the server, or a proxy between, has forgotten is prepared again on the
// same connection.
func TestForgottenStatements(t *testing.T) {
	db := servers.NewDatabase(t, servers.MySQL)
	proxy, proxied := netproxy.New(t, db.URL)
	node := registrytest.New(t, &servers.Database{URL: proxied}, func(c *dbbackend.Config) {
		c.Prepare, c.MaxConnections, c.SchemaPoll = true, 1, -1
	})
	id := node.CreateImage(registrytest.Object{"name": "kept"})
	node.RespondTo("GET /images/" + id).Expect(200)
	var forgotten atomic.Int64
	proxy.Before(func(sent []byte) []byte {
		if forgotten.Load() > 0 || len(sent) < header+5 || sent[header] != executeCommand {
			return nil
		}
		forgotten.Add(1)
		return append([]byte{5, 0, 0, 0, closeCommand}, sent[header+1:header+5]...) // has no answer
	})
	connections, prepared := status(t, db, "Connections"), status(t, db, "Com_stmt_prepare")
	for range 3 {
		if image := node.RespondTo("GET /images/" + id).ExpectImage(); *image.Name != "kept" {
			t.Fatalf("%s has the name %q", id, *image.Name)
		}
	}
	got := fmt.Sprintf("%d forgotten, %d prepared, %d connections",
		forgotten.Load(), status(t, db, "Com_stmt_prepare")-prepared, status(t, db, "Connections")-connections)
	if want := "1 forgotten, 1 prepared, 0 connections"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

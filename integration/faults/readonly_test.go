package faults

import (
	"net/http"
	"testing"
	"time"

	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/integration/conformance"
	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
)

// switches make a server take no writes, as one does from which a cluster has
// moved away, and take them again.
var switches = map[servers.Kind]struct{ on, off []string }{
	servers.MySQL: {[]string{"SET GLOBAL read_only = 1"}, []string{"SET GLOBAL read_only = 0"}},
	servers.PostgreSQL: {
		[]string{"ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()"},
		[]string{"ALTER SYSTEM RESET default_transaction_read_only", "SELECT pg_reload_conf()"},
	},
}

func TestServerIsReadOnly(t *testing.T) {
	onEachServer(t, func(t *testing.T, s *servers.Server) {
		db := s.NewDatabase(t)
		node := registrytest.New(t, db, func(c *dbbackend.Config) { c.URL = plainUser(t, s, db) })
		id := newImage(node)
		set(t, s, switches[db.Dialect].on)
		awaitWrites(t, node, id, http.StatusServiceUnavailable)
		watch, err := conformance.NewWatch(t.Context(), db)
		if err != nil {
			t.Fatal(err)
		}
		defer watch.Close()
		for _, c := range writes(node, id) {
			unavailable(t, c)
		}
		for _, c := range reads(node, id) {
			c.Expect(http.StatusOK)
		}
		changes, err := watch.Changes(t.Context())
		if err != nil || len(changes) > 0 {
			t.Errorf("a server that takes no writes has changed %v (%v)", changes, err)
		}

		set(t, s, switches[db.Dialect].off)
		awaitWrites(t, node, id, http.StatusOK)
		for _, c := range writes(node, id) {
			c.Expect(http.StatusOK, http.StatusNoContent)
		}
	})
}

func set(t *testing.T, s *servers.Server, statements []string) {
	t.Helper()
	for _, statement := range statements {
		s.Exec(t, statement)
	}
}

// awaitWrites waits until the sessions of the gateway know of a changed setting.
func awaitWrites(t *testing.T, node *registrytest.Registry, id string, status int) {
	t.Helper()
	for start := time.Now(); ; {
		a := node.RespondTo("PUT /images/" + id).JSON(registrytest.Object{"image": registrytest.Object{}}).Answer()
		if a.Status == status {
			return
		}
		if time.Since(start) > time.Minute {
			t.Fatalf("%s", a)
		}
	}
}

// plainUser is the URL of an account that may not write where others may not;
// MariaDB lets administrators do it.
func plainUser(t *testing.T, s *servers.Server, db *servers.Database) string {
	if db.Dialect != servers.MySQL {
		return db.URL
	}
	s.Exec(t, "CREATE USER plain@'%' IDENTIFIED BY 'secret'")
	// A GRANT would need more rights than the tests have.
	s.Exec(t, `INSERT INTO mysql.db (Host, Db, User, Select_priv, Insert_priv, Update_priv, Delete_priv)
		VALUES ('%', '%', 'plain', 'Y', 'Y', 'Y', 'Y')`)
	s.Exec(t, "FLUSH PRIVILEGES")
	return as(t, db.URL, "plain")
}

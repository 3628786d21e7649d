package faults

import (
	"crypto/x509"
	"database/sql"
	"net/http"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/integration/conformance"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
)

// refusal is something that an administrator does to an account, by which its
// requests fail until it is undone.
type refusal struct {
	name     string
	do, undo []string
}

var mariaDBRefusals = []refusal{
	{"account locked", []string{"ALTER USER plain@'%' ACCOUNT LOCK"}, []string{"ALTER USER plain@'%' ACCOUNT UNLOCK"}},
	{"password expired", []string{"ALTER USER plain@'%' PASSWORD EXPIRE"}, []string{"ALTER USER plain@'%' IDENTIFIED BY 'secret'"}},
	{"password changed", []string{"ALTER USER plain@'%' IDENTIFIED BY 'other'"}, []string{"ALTER USER plain@'%' IDENTIFIED BY 'secret'"}},
	{
		"queries of an hour used up",
		[]string{"ALTER USER plain@'%' WITH MAX_QUERIES_PER_HOUR 1"},
		[]string{"ALTER USER plain@'%' WITH MAX_QUERIES_PER_HOUR 0"},
	},
	{
		"no connection left",
		[]string{"ALTER USER plain@'%' WITH MAX_USER_CONNECTIONS 1"},
		[]string{"ALTER USER plain@'%' WITH MAX_USER_CONNECTIONS 0"},
	},
	{"TLS required", []string{"ALTER USER plain@'%' REQUIRE SSL"}, []string{"ALTER USER plain@'%' REQUIRE NONE"}},
	{
		"no right to a table",
		[]string{"DELETE FROM mysql.db WHERE User = 'plain'", "FLUSH PRIVILEGES"},
		[]string{
			`INSERT INTO mysql.db (Host, Db, User, Select_priv, Insert_priv, Update_priv, Delete_priv)
			VALUES ('%', '%', 'plain', 'Y', 'Y', 'Y', 'Y')`, "FLUSH PRIVILEGES",
		},
	},
}

var postgreSQLRefusals = []refusal{
	{"no login", []string{"ALTER ROLE plain NOLOGIN"}, []string{"ALTER ROLE plain LOGIN"}},
	{"no connection left", []string{"ALTER ROLE plain CONNECTION LIMIT 0"}, []string{"ALTER ROLE plain CONNECTION LIMIT -1"}},
	{"password changed", []string{"ALTER ROLE plain PASSWORD 'other'"}, []string{"ALTER ROLE plain PASSWORD 'secret'"}},
}

// What an administrator refuses an account is a 503 with a word in the log of what
// to do, on new connections and on those that there are. It ends with its cause.
func TestAccountIsRefused(t *testing.T) {
	onEachServer(t, func(t *testing.T, s *servers.Server) {
		db := s.NewDatabase(t)
		url, refusals := plainUser(t, s, db), mariaDBRefusals
		if db.Dialect == servers.PostgreSQL {
			set(t, s, []string{
				"CREATE ROLE plain LOGIN PASSWORD 'secret'", "GRANT pg_read_all_data, pg_write_all_data TO plain",
			})
			url, refusals = as(t, db.URL, "plain"), postgreSQLRefusals
		}
		id := newImage(registrytest.New(t, db))
		for _, r := range refusals {
			t.Run(r.name, func(t *testing.T) {
				old := registrytest.New(t, &servers.Database{Dialect: db.Dialect, URL: url})
				old.RespondTo("GET /images/" + id).Expect(http.StatusOK)
				set(t, s, r.do)
				fresh := registrytest.New(t, &servers.Database{Dialect: db.Dialect, URL: url})
				further := registrytest.New(t, &servers.Database{Dialect: db.Dialect, URL: url})
				refused := 0
				for _, node := range []*registrytest.Registry{old, fresh, further} {
					for range 3 {
						a := node.RespondTo("GET /images/"+id).Expect(http.StatusOK, http.StatusServiceUnavailable)
						if a.Status != http.StatusServiceUnavailable {
							continue
						}
						refused++
						if dbbackend.Advice(a.Cause) == "" {
							t.Errorf("no word of what to do about %v", a.Cause)
						}
					}
				}
				if refused == 0 {
					t.Error("nothing was refused")
				}
				set(t, s, r.undo)
				registrytest.New(t, &servers.Database{Dialect: db.Dialect, URL: url}).
					RespondTo("GET /images/" + id).Expect(http.StatusOK)
			})
		}
	})
}

// A time limit of the server ends a statement that waits for a lock.
func TestStatementTakesTooLong(t *testing.T) {
	limits := map[servers.Kind]string{
		servers.MySQL:      "SET GLOBAL max_statement_time = 0.3",
		servers.PostgreSQL: "ALTER ROLE glance SET statement_timeout = '300ms'",
	}
	if servers.IsMySQL() {
		limits[servers.MySQL] = "SET GLOBAL max_execution_time = 300"
	}
	onEachServer(t, func(t *testing.T, s *servers.Server) {
		db := s.NewDatabase(t)
		id := newImage(registrytest.New(t, db))
		lockImage(t, db, id)
		s.Exec(t, limits[db.Dialect])
		a := writes(registrytest.New(t, db), id)[1].Expect(http.StatusServiceUnavailable)
		if dbbackend.Advice(a.Cause) == "" {
			t.Errorf("no word of what to do about %v", a.Cause)
		}
	})
}

// An administrator ends what waits for a lock: the statement, or its session.
func TestStatementIsKilled(t *testing.T) {
	kills := map[servers.Kind][2]string{
		servers.MySQL: {
			"SELECT CONCAT('KILL QUERY ', id) FROM information_schema.processlist WHERE info LIKE '/* glance_registry%'",
			"SELECT CONCAT('KILL ', id) FROM information_schema.processlist WHERE info LIKE '/* glance_registry%'",
		},
		servers.PostgreSQL: {
			"SELECT 'SELECT pg_cancel_backend(' || pid || ')' FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()",
			"SELECT 'SELECT pg_terminate_backend(' || pid || ')' FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()",
		},
	}
	for dialect, ways := range kills {
		t.Run(string(dialect), func(t *testing.T) {
			db := servers.NewDatabase(t, dialect)
			node := registrytest.New(t, db)
			id := newImage(node)
			for n, query := range ways {
				free := lockImage(t, db, id)
				answer := make(chan *registrytest.Answer)
				go func() { answer <- writes(node, id)[1].Answer() }()
				kill(t, db, query)
				if a := <-answer; a.Status != http.StatusServiceUnavailable || n == 0 && dbbackend.Advice(a.Cause) == "" {
					t.Errorf("%s\n%v", a, a.Cause)
				}
				free()
			}
			for _, c := range append(reads(node, id), writes(node, id)...) {
				c.Expect(http.StatusOK, http.StatusNoContent)
			}
		})
	}
}

// kill runs the statement that a query makes, once there is one.
func kill(t *testing.T, db *servers.Database, query string) {
	t.Helper()
	kit.Wait(t, "there and killed", func() bool {
		var statement string
		err := db.DB.QueryRow(query).Scan(&statement)
		if err == nil {
			if _, err = db.DB.Exec(statement); err == nil {
				return true
			}
		}
		if err != sql.ErrNoRows {
			t.Fatal(err)
		}
		return false
	})
}

// A server whose certificate is not the one that was asked for is not available.
func TestCertificateIsRefused(t *testing.T) {
	theirs, ours := kit.NewAuthority(t).Issue(t, "localhost"), kit.NewAuthority(t)
	s := servers.NewServer(t, servers.MySQL, "--ssl-cert="+theirs.CertFile, "--ssl-key="+theirs.KeyFile)
	node := registrytest.New(t, &servers.Database{URL: s.NewDatabase(t).URL + "&ssl_ca=" + ours.CertFile})
	for _, c := range append(reads(node, "x"), writes(node, "x")...) {
		unavailable(t, c)
	}
	if a := node.RespondTo("GET /images").Answer(); dbbackend.Advice(a.Cause) == "" {
		t.Errorf("no word of what to do about %v", a.Cause)
	}
}

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
	kit.Wait(t, "known to the gateway", func() bool {
		return node.RespondTo("PUT /images/"+id).JSON(registrytest.Object{"image": registrytest.Object{}}).Answer().Status == status
	})
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

// A certificate that bears its name as the common name only is refused, and
// accepted with legacy_tls, which the advice names.
func TestCertificateWithCommonNameOnly(t *testing.T) {
	authority := kit.NewAuthority(t)
	old := authority.Issue(t, "127.0.0.1", func(c *x509.Certificate) { c.DNSNames, c.IPAddresses = nil, nil })
	s := servers.NewServer(t, servers.MySQL, "--ssl-cert="+old.CertFile, "--ssl-key="+old.KeyFile)
	url := s.NewDatabase(t).URL + "&ssl_ca=" + authority.CertFile
	node := registrytest.New(t, &servers.Database{URL: url})
	for _, c := range append(reads(node, "x"), writes(node, "x")...) {
		unavailable(t, c)
	}
	a := node.RespondTo("GET /images").Answer()
	if advice := dbbackend.Advice(a.Cause); !strings.Contains(advice, "legacy_tls=on") {
		t.Errorf("the advice about %v is %q", a.Cause, advice)
	}
	node = registrytest.New(t, &servers.Database{URL: url + "&legacy_tls=on"})
	if a := node.RespondTo("GET /images").Answer(); a.Status != http.StatusOK {
		t.Errorf("with legacy_tls: %d %v", a.Status, a.Cause)
	}
}

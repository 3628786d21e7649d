package feed_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/dbbackend/feed"
	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
)

// TestOpenTransaction has one that has written to a table. MySQL can't begin a feed
// then, and says whose it is.
func TestOpenTransaction(t *testing.T) {
	onEach(t, func(t *testing.T, db *servers.Database) {
		tx, err := db.DB.Begin()
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback() //nolint:errcheck // the test is over
		if _, err := tx.Exec(insertImage("open")); err != nil {
			t.Fatal(err)
		}
		err = feed.Check(t.Context(), db.URL)
		if db.Dialect != servers.MySQL || !servers.IsMySQL() {
			if err != nil {
				t.Errorf("an open transaction keeps the feed from beginning: %v", err)
			}
			return
		}
		var id int
		if err := tx.QueryRow("SELECT CONNECTION_ID()").Scan(&id); err != nil {
			t.Fatal(err)
		}
		session := fmt.Sprintf(`session %d \(user glance, host 127\.0\.0\.1:\d+\) for \d{1,2} s; end it with KILL %d$`, id, id)
		if err == nil || !regexp.MustCompile(session).MatchString(err.Error()) {
			t.Errorf("%v, want %s", err, session)
		}
		url := lesser(t, db, "GRANT REPLICATION SLAVE, REPLICATION CLIENT, SELECT, UPDATE, LOCK TABLES ON *.* TO lesser@'%'")
		if err := feed.Check(t.Context(), url); err == nil || !strings.Contains(err.Error(), "run: GRANT PROCESS ON *.* TO 'lesser'@'%'") {
			t.Errorf("without PROCESS: %v", err)
		}
	})
}

// TestUnknownPlugin has an account that logs in by a plugin that the drivers lack:
// parsec, which MariaDB has since 11.6, or the dialog that PAM uses.
func TestUnknownPlugin(t *testing.T) {
	t.Parallel()
	if servers.IsMySQL() {
		t.Skip("MySQL has no such plugin that comes with it")
	}
	server := servers.NewServer(t, servers.MySQL)
	db := server.NewDatabase(t)
	plugin, account := "parsec", "parsec USING PASSWORD('secret')"
	if _, err := db.DB.Exec("INSTALL SONAME 'auth_parsec'"); err != nil {
		plugin, account = "dialog", "pam"
		server.Exec(t, "INSTALL SONAME 'auth_pam_v1'")
	}
	server.Exec(t, "CREATE USER careful@'%' IDENTIFIED VIA "+account)
	server.Exec(t, "GRANT ALL ON *.* TO careful@'%'")
	url := strings.Replace(db.URL, "glance:", "careful:", 1)
	err := feed.Check(t.Context(), url)
	if err == nil || !strings.Contains(err.Error(), "plugin "+plugin+",") || !strings.Contains(err.Error(), "ALTER USER") {
		t.Errorf("the feed: %v", err)
	}
	_, err = registrytest.Open(t, &servers.Database{Dialect: servers.MySQL, URL: url}).State(t.Context())
	if advice := dbbackend.Advice(err); !strings.Contains(advice, "VIA ed25519") {
		t.Errorf("the gateway: %v, advice %q", err, advice)
	}
	for _, plugin := range []string{"mysql_native_password", "ed25519"} {
		if plugin == "ed25519" {
			server.Exec(t, "INSTALL SONAME 'auth_ed25519'")
		}
		server.Exec(t, "ALTER USER careful@'%' IDENTIFIED VIA "+plugin+" USING PASSWORD('secret')")
		if err := feed.Check(t.Context(), url); err != nil {
			t.Errorf("%s: %v", plugin, err)
		}
	}
}

// A server that replicates from another one writes that to its binlog only if it is told to.
func TestReplicatedChanges(t *testing.T) {
	t.Parallel()
	if servers.IsMySQL() {
		t.Skip("MySQL writes it by default")
	}
	for logs, want := range map[string]string{"ON": "", "OFF": "log_slave_updates=ON"} {
		server := servers.NewServer(t, servers.MySQL, "--log-slave-updates="+logs)
		db := server.NewDatabase(t)
		if err := feed.Check(t.Context(), db.URL); err != nil {
			t.Errorf("%s, without replication: %v", logs, err)
		}
		server.Exec(t, "CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = 1, MASTER_USER = 'nobody'")
		server.Exec(t, "START SLAVE SQL_THREAD")
		err := feed.Check(t.Context(), db.URL)
		if got := fmt.Sprint(err); (err != nil) != (want != "") || !strings.Contains(got, want) {
			t.Errorf("%s, with replication: %v, want %q", logs, err, want)
		}
	}
}

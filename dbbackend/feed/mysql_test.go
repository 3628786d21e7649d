package feed_test

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/dbbackend/feed"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/internal/dburl"
)

// TestCommitsThatTakeTheirTime holds transactions back between the binlog and
// the storage engine, as semi-synchronous replication does while a replica does
// not answer. The feed then reads a change that no reader sees yet.
func TestCommitsThatTakeTheirTime(t *testing.T) {
	t.Parallel()
	server := servers.NewServer(t, servers.MySQL)
	db := server.NewDatabase(t)
	exec(t, db, insertImage("slow"))
	r, _ := follow(t, feed.Config{URL: db.URL})
	r.awaitUp()
	name := func() (name string) {
		if err := db.DB.QueryRow("SELECT name FROM images WHERE id = 'slow'").Scan(&name); err != nil {
			t.Error(err)
		}
		return name
	}
	settings := []string{
		"SET GLOBAL rpl_semi_sync_master_wait_point = AFTER_SYNC", "SET GLOBAL rpl_semi_sync_master_wait_no_slave = ON",
		"SET GLOBAL rpl_semi_sync_master_timeout = 2500", "SET GLOBAL rpl_semi_sync_master_enabled = ON",
	}
	if servers.IsMySQL() {
		settings = []string{
			"INSTALL PLUGIN rpl_semi_sync_source SONAME 'semisync_source.so'",
			"SET GLOBAL rpl_semi_sync_source_wait_point = AFTER_SYNC", "SET GLOBAL rpl_semi_sync_source_wait_no_replica = ON",
			"SET GLOBAL rpl_semi_sync_source_timeout = 2500", "SET GLOBAL rpl_semi_sync_source_enabled = ON",
		}
	}
	for _, statement := range settings {
		server.Exec(t, statement)
	}
	r.verify = func(id string) {
		if name() != "after" {
			t.Error("the change is reported as visible before it is visible")
		}
	}
	done := make(chan error, 1)
	go func() {
		_, err := db.DB.Exec("UPDATE images SET name = 'after' WHERE id = 'slow'")
		done <- err
	}()
	r.await("changing", func() bool { return slices.Contains(r.changing, "slow") })
	start := time.Now()
	if name() != "n" {
		t.Fatal("the commit was not held back: this test shows nothing")
	}
	if visible, _ := r.reported(); len(visible) > 0 {
		t.Errorf("visible %q while readers see the old row", visible)
	}
	r.awaitIDs("slow")
	t.Logf("visible %s after it was read", time.Since(start).Round(time.Millisecond))
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

// TestLockedRow keeps one image from being visible, and no other.
func TestLockedRow(t *testing.T) {
	db := servers.NewDatabase(t, servers.MySQL)
	exec(t, db, insertImage("locked"))
	r, _ := follow(t, feed.Config{URL: db.URL})
	r.awaitUp()
	// The next in line for the row gets it before the feed does.
	first, err := db.DB.Begin()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := first.Exec("UPDATE images SET name = 'x' WHERE id = 'locked'"); err != nil {
		t.Fatal(err)
	}
	second, err := db.DB.Begin()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = first.Rollback(), second.Rollback() }) // so that a failure leaves no locks
	locked := make(chan error, 1)
	go func() {
		_, err := second.Exec("UPDATE images SET name = 'y' WHERE id = 'locked'")
		locked <- err
	}()
	awaitLockWait(t, db)
	if err := first.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := <-locked; err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		id := fmt.Sprint("free ", i)
		exec(t, db, insertImage(id))
		r.awaitIDs(id)
	}
	if visible, _ := r.reported(); slices.Contains(visible, "locked") {
		t.Error("the row was visible while another transaction held it")
	}
	if err := second.Rollback(); err != nil {
		t.Fatal(err)
	}
	r.awaitIDs("locked")
}

func awaitLockWait(t *testing.T, db *servers.Database) {
	t.Helper()
	query := "SELECT COUNT(*) FROM information_schema.innodb_lock_waits"
	if servers.IsMySQL() {
		query = "SELECT COUNT(*) FROM performance_schema.data_lock_waits"
	}
	// InnoDB answers anew only when it was not asked for a tenth of a second.
	waits := func() bool {
		var n int
		if err := db.DB.QueryRow(query).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n > 0
	}
	if !kit.PollEvery(150*time.Millisecond, limit, waits) {
		t.Fatal("no session waits for the lock")
	}
}

// inSession runs statements on one connection, whose settings go with it.
func inSession(t *testing.T, db *servers.Database, statements ...string) {
	t.Helper()
	conn, err := db.DB.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Raw(func(any) error { return driver.ErrBadConn }) }() // not to be used again
	for _, statement := range statements {
		if _, err := conn.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// TestKindsOfBinlog has sessions that write their changes in other ways.
func TestKindsOfBinlog(t *testing.T) {
	db := servers.NewDatabase(t, servers.MySQL)
	exec(t, db, insertImage("one"), "INSERT INTO image_tags (image_id, value, created_at, updated_at, deleted) VALUES ('one', 't', NOW(), NOW(), FALSE)")
	r, _ := follow(t, feed.Config{URL: db.URL})
	r.awaitUp()
	const rename, tag = "UPDATE images SET name = 'x%d' WHERE id = 'one'", "UPDATE image_tags SET value = 'x%d'"
	for i, tt := range []struct {
		settings, statement string
		all                 bool
	}{
		{"binlog_row_image = MINIMAL", rename, false},
		{"binlog_row_image = MINIMAL", tag, true}, // of which image it does not say
		{"binlog_row_image = NOBLOB", tag, false},
		{"binlog_format = STATEMENT", rename, true},
		{"binlog_format = STATEMENT", "REPLACE INTO image_tags (id, image_id, value, created_at, deleted) VALUES (%d, 'one', 'r', NOW(), FALSE)", true},
	} {
		r.forget()
		inSession(t, db, "SET SESSION "+tt.settings, fmt.Sprintf(tt.statement, 1000+i))
		r.await(tt.settings+" "+tt.statement, func() bool { return tt.all && r.all > 1 || !tt.all && slices.Contains(r.visible, "one") })
		if visible, all := r.reported(); (all > 0) != tt.all {
			t.Errorf("%s: %s: reported %q, all %d", tt.settings, tt.statement, visible, all)
		}
	}
	r.forget()
	inSession(t, db, "XA START 'a'", "UPDATE images SET name = 'xa' WHERE id = 'one'", "XA END 'a'", "XA PREPARE 'a'")
	t.Cleanup(func() { _, _ = db.DB.Exec("XA ROLLBACK 'a'") }) // so that a failure does not keep the tables locked
	r.within(2*time.Second, "prepared", func() bool { return slices.Contains(r.changing, "one") })
	if visible, all := r.reported(); len(visible)+all > 0 {
		t.Errorf("prepared: visible %q, all %d", visible, all)
	}
	exec(t, db, "XA COMMIT 'a'")
	r.await("committed", func() bool { return slices.Contains(r.visible, "one") && r.all > 0 })
}

// TestBarriersAndDDL waits for transactions while tables are altered, which must
// not fail for that.
func TestBarriersAndDDL(t *testing.T) {
	db := servers.NewDatabase(t, servers.MySQL)
	exec(t, db, insertImage("one"))
	for range 3 {
		r, _ := follow(t, feed.Config{URL: db.URL})
		r.awaitUp()
	}
	for n := range 20 {
		exec(t, db, "ALTER TABLE image_tags COMMENT 'waited for'",
			fmt.Sprintf("ALTER TABLE images ADD COLUMN further%d INT", n), fmt.Sprintf("ALTER TABLE images DROP COLUMN further%d", n))
	}
}

func TestCompressedBinlog(t *testing.T) {
	t.Parallel()
	server := servers.NewServer(t, servers.MySQL)
	db := server.NewDatabase(t)
	reset := "RESET MASTER"
	if servers.IsMySQL() {
		reset = "RESET BINARY LOGS AND GTIDS"
		server.Exec(t, "SET GLOBAL binlog_transaction_compression = ON")
	} else {
		server.Exec(t, "SET GLOBAL log_bin_compress = ON")
		server.Exec(t, "SET GLOBAL log_bin_compress_min_len = 10")
	}
	r, _ := follow(t, feed.Config{URL: db.URL})
	r.awaitUp()
	exec(t, db, strings.Replace(insertImage("compressed"), "'n'", "'"+strings.Repeat("n", 200)+"'", 1))
	r.awaitIDs("compressed")
	if _, all := r.reported(); all > 0 {
		t.Errorf("all %d", all)
	}
	// A new file of the log is no change.
	server.Exec(t, "FLUSH BINARY LOGS")
	exec(t, db, insertImage("rotated"))
	r.awaitIDs("rotated")
	if _, all := r.reported(); all > 0 {
		t.Errorf("all %d after a rotation", all)
	}
	r.breaks(t, func() { server.Exec(t, "SET GLOBAL binlog_format = MIXED") })
	r.awaitDown("binlog_format is MIXED; set it to ROW")
	server.Exec(t, "SET GLOBAL binlog_format = ROW")
	r.worksAgain(t, db, "row again")
	r.breaks(t, func() { server.Exec(t, reset) })
	r.worksAgain(t, db, "reset")
}

// lesser makes an account with these rights, and returns the URL with which it logs
// in.
func lesser(t *testing.T, db *servers.Database, grants ...string) (url string) {
	t.Helper()
	exec(t, db, "DROP USER IF EXISTS lesser@'%'", "CREATE USER lesser@'%' IDENTIFIED BY 'secret'")
	exec(t, db, grants...)
	t.Cleanup(func() { exec(t, db, "DROP USER IF EXISTS lesser@'%'") })
	return strings.Replace(db.URL, "glance:", "lesser:", 1)
}

// TestGrants gives an account the rights that are named as missing, one after the
// other, and that is all a feed needs.
func TestGrants(t *testing.T) {
	db := servers.NewDatabase(t, servers.MySQL)
	url := lesser(t, db)
	u, err := dburl.Parse(url)
	if err != nil {
		t.Fatal(err)
	}
	tables := "GRANT SELECT, UPDATE, LOCK TABLES ON `" + u.Database + "`.* TO 'lesser'@'%'"
	server := "GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO 'lesser'@'%'"
	monitor := "GRANT BINLOG MONITOR ON *.* TO lesser@'%'"
	if servers.IsMySQL() {
		server, monitor = strings.Replace(server, "BINLOG MONITOR", "REPLICATION CLIENT", 1), strings.Replace(monitor, "BINLOG MONITOR", "REPLICATION CLIENT", 1)
	}
	for _, step := range []struct{ missing, named, grant string }{
		{"all", tables, "GRANT SELECT ON `" + u.Database + "`.tasks TO lesser@'%'"},
		{"BINLOG MONITOR", server, monitor},
		{"any right on images", tables, "GRANT SELECT ON `" + u.Database + "`.image_tags TO lesser@'%'"},
		{"SELECT", tables, "GRANT SELECT ON `" + u.Database + "`.* TO lesser@'%'"},
		{"UPDATE", tables, "GRANT UPDATE ON `" + u.Database + "`.* TO lesser@'%'"},
		{"LOCK TABLES", tables, tables},
		{"REPLICATION SLAVE", server, server},
	} {
		if (step.missing == "UPDATE" || step.missing == "LOCK TABLES") && !servers.IsMySQL() {
			continue // MariaDB goes without
		}
		if err := feed.Check(t.Context(), url); err == nil || !strings.HasSuffix(err.Error(), "run: "+step.named) {
			t.Errorf("without %s: %v; want %s", step.missing, err, step.named)
		}
		exec(t, db, step.grant)
	}
	if err := feed.Check(t.Context(), url); err != nil {
		t.Errorf("all granted: %v", err)
	}
}

// TestInstructions needs no more than what they say.
func TestInstructions(t *testing.T) {
	db := servers.NewDatabase(t, servers.MySQL)
	others := "REPLICATION CLIENT"
	if servers.IsMySQL() {
		others = "BINLOG MONITOR"
	}
	url := lesser(t, db)
	text, err := feed.Instructions(url)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "GRANT") && !strings.Contains(line, others) {
			exec(t, db, line)
		}
	}
	r, _ := follow(t, feed.Config{URL: url})
	r.worksAgain(t, db, "granted")
}

package servers

import (
	"database/sql"
	"fmt"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/kit"
)

// Replicated is a MySQL or MariaDB server that acknowledges a commit when its
// replica has it (semi-synchronous replication), and that replica. Both belong to
// one test, and may change roles.
type Replicated struct {
	Source, Replica *ReplicatedServer
}

// ReplicatedServer is one of the two.
type ReplicatedServer struct {
	*Server
	Database *Database // Glance's, as this server has it
}

// StartReplicated starts both with Glance's schema.
func StartReplicated(t testing.TB) *Replicated {
	t.Helper()
	Require(t, MySQL)
	args := []string{"--log-slave-updates=ON"}
	if IsMySQL() {
		args = []string{
			"--gtid-mode=ON", "--enforce-gtid-consistency=ON",
			"--plugin-load-add=semisync_source.so", "--plugin-load-add=semisync_replica.so",
		}
	}
	r := &Replicated{}
	for n, s := range []**ReplicatedServer{&r.Source, &r.Replica} {
		*s = &ReplicatedServer{Server: NewServer(t, MySQL, append(append(args, Durable(MySQL)...), fmt.Sprintf("--server-id=%d", n+1))...)}
		// The accounts are no transactions that a replica gets.
		(*s).Exec(t, map[bool]string{true: "RESET BINARY LOGS AND GTIDS", false: "RESET MASTER"}[IsMySQL()])
	}
	r.Replica.follow(t, r.Source)
	r.Source.Exec(t, "CREATE DATABASE "+clusterDatabase)
	for _, s := range []*ReplicatedServer{r.Source, r.Replica} {
		db, err := sql.Open(s.driver, s.dsn(s.port, clusterDatabase))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		s.Database = &Database{Dialect: MySQL, URL: s.url(s.port, clusterDatabase), DB: db}
	}
	r.Source.Database.Load(t, "train")
	return r
}

// follow makes the server a replica, whose source waits for it from now on.
func (s *ReplicatedServer) follow(t testing.TB, source *ReplicatedServer) {
	t.Helper()
	own, other := []string{
		"SET GLOBAL rpl_semi_sync_master_enabled = OFF", "SET GLOBAL rpl_semi_sync_slave_enabled = ON", "SET GLOBAL read_only = ON",
		fmt.Sprintf("CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = %d, MASTER_USER = '%s', MASTER_PASSWORD = '%s', "+
			"MASTER_SSL_VERIFY_SERVER_CERT = 0, MASTER_CONNECT_RETRY = 1, MASTER_USE_GTID = slave_pos", source.port, userName, password),
		"START SLAVE",
	}, []string{
		"SET GLOBAL rpl_semi_sync_master_wait_point = AFTER_SYNC", "SET GLOBAL rpl_semi_sync_master_timeout = 3600000",
		"SET GLOBAL rpl_semi_sync_slave_enabled = OFF", "SET GLOBAL rpl_semi_sync_master_enabled = ON",
	}
	if IsMySQL() {
		own, other = []string{
			"SET GLOBAL rpl_semi_sync_source_enabled = OFF", "SET GLOBAL rpl_semi_sync_replica_enabled = ON", "SET GLOBAL read_only = ON",
			fmt.Sprintf("CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = %d, SOURCE_USER = '%s', SOURCE_PASSWORD = '%s', "+
				"SOURCE_SSL = 0, GET_SOURCE_PUBLIC_KEY = 1, SOURCE_CONNECT_RETRY = 1, SOURCE_AUTO_POSITION = 1", source.port, userName, password),
			"START REPLICA",
		}, []string{
			"SET GLOBAL rpl_semi_sync_source_wait_point = AFTER_SYNC", "SET GLOBAL rpl_semi_sync_source_timeout = 3600000",
			"SET GLOBAL rpl_semi_sync_replica_enabled = OFF", "SET GLOBAL rpl_semi_sync_source_enabled = ON",
		}
	}
	for _, statement := range own {
		s.Exec(t, statement)
	}
	for _, statement := range other {
		source.Exec(t, statement)
	}
	kit.Wait(t, "replicating", func() bool { return source.semiSync(t, "clients") == "1" })
}

// Delay lets the replica apply what the source commits so much later, in whole seconds.
func (r *Replicated) Delay(t testing.TB, by time.Duration) {
	t.Helper()
	change := "CHANGE MASTER TO MASTER_DELAY = %d"
	if IsMySQL() {
		change = "CHANGE REPLICATION SOURCE TO SOURCE_DELAY = %d"
	}
	for _, statement := range []string{"STOP REPLICA", fmt.Sprintf(change, by/time.Second), "START REPLICA"} {
		r.Replica.Exec(t, statement)
	}
	kit.Wait(t, "replicating", func() bool { return r.Source.semiSync(t, "clients") == "1" })
}

// semiSync is a status variable of a source.
func (s *ReplicatedServer) semiSync(t testing.TB, name string) (value string) {
	t.Helper()
	prefix := "Rpl_semi_sync_master_"
	if IsMySQL() {
		prefix = "Rpl_semi_sync_source_"
	}
	if err := s.db.QueryRow("SHOW GLOBAL STATUS LIKE '"+prefix+name+"'").Scan(&name, &value); err != nil {
		t.Fatal(err)
	}
	return value
}

// Unconfirmed is how many transactions the source has acknowledged without its
// replica.
func (r *Replicated) Unconfirmed(t testing.TB) string {
	t.Helper()
	return r.Source.semiSync(t, "no_tx")
}

// Switch makes the replica the source, once it has all that the former one has,
// which lives on and takes no writes of accounts without further rights.
func (r *Replicated) Switch(t testing.TB) {
	t.Helper()
	r.Source.Exec(t, "SET GLOBAL read_only = ON")
	position, wait := "SELECT @@gtid_binlog_pos", "SELECT MASTER_GTID_WAIT(?, 60)"
	if IsMySQL() {
		position, wait = "SELECT @@gtid_executed", "SELECT WAIT_FOR_EXECUTED_GTID_SET(?, 60)"
	}
	var at string
	if err := r.Source.db.QueryRow(position).Scan(&at); err != nil {
		t.Fatal(err)
	}
	r.promote(t, wait, at)
}

// FailOver makes the replica the source, once it has all that it was sent. The
// former one is gone.
func (r *Replicated) FailOver(t testing.TB) {
	t.Helper()
	if IsMySQL() {
		r.promote(t, "SELECT WAIT_FOR_EXECUTED_GTID_SET(received_transaction_set, 60) FROM performance_schema.replication_connection_status WHERE channel_name = ''")
		return
	}
	kit.Wait(t, "applied", func() bool {
		var n int
		query := "SELECT COUNT(*) FROM information_schema.processlist WHERE state LIKE '%has read all relay log%'"
		if err := r.Replica.db.QueryRow(query).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n == 1
	})
	r.promote(t, "SELECT 0")
}

// promote waits with a query that answers 0 at the end.
func (r *Replicated) promote(t testing.TB, wait string, args ...any) {
	t.Helper()
	var timeout int
	if err := r.Replica.db.QueryRow(wait, args...).Scan(&timeout); err != nil || timeout != 0 {
		t.Fatalf("%s: %d, %v", wait, timeout, err)
	}
	for _, statement := range []string{"STOP REPLICA", "RESET REPLICA ALL", "SET GLOBAL read_only = OFF"} {
		r.Replica.Exec(t, statement)
	}
	r.Source, r.Replica = r.Replica, r.Source
}

// Follow has the former source replicate from the one that there is now.
func (r *Replicated) Follow(t testing.TB) {
	t.Helper()
	r.Replica.follow(t, r.Source)
}

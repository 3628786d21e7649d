package dbserver

// MySQLSettings reads the settings that MySQLNode and CausalReads need. The result
// leaves out variables that the server does not have.
const MySQLSettings = "SHOW GLOBAL VARIABLES WHERE Variable_name IN" +
	" ('hostname', 'port', 'socket', 'datadir', 'server_id', 'server_uuid', 'server_uid'," +
	" 'wsrep_on', 'group_replication_group_name', 'group_replication_consistency')"

// GaleraStatus reads the status that MySQLCluster needs.
const GaleraStatus = "SHOW GLOBAL STATUS LIKE 'wsrep_cluster_state_uuid'"

// MySQLNode names a server of MySQL or MariaDB. Only newer releases of MariaDB have
// an identifier (server_uid).
func MySQLNode(settings map[string]string) string {
	name := settings["hostname"] + ":" + settings["port"]
	for _, key := range []string{"socket", "datadir", "server_id", "server_uuid", "server_uid"} {
		if settings[key] != "" {
			name += " " + settings[key]
		}
	}
	return name
}

// MySQLCluster names a Galera cluster.
func MySQLCluster(status map[string]string) string {
	return "cluster " + status["wsrep_cluster_state_uuid"]
}

// PostgreSQLName is a query for the name of a server. A standby shares the
// identifiers of its primary, but not the start time.
const PostgreSQLName = `SELECT CASE WHEN pg_catalog.pg_is_in_recovery() THEN 'standby' ELSE 'primary' END
	|| ' started ' || pg_catalog.pg_postmaster_start_time()::text`

// CausalReads returns a statement after which the reads of a MySQL session wait for
// everything that any node of the cluster has committed. It is "" if settings, the
// result of MySQLSettings, show no cluster. It needs no privilege. On a node that
// has left its cluster such reads fail or wait.
func CausalReads(settings map[string]string) string {
	switch {
	case settings["wsrep_on"] == "ON":
		return "SET SESSION wsrep_sync_wait = @@SESSION.wsrep_sync_wait | 1, wsrep_dirty_reads = OFF"
	case settings["group_replication_group_name"] == "":
		return ""
	case settings["group_replication_consistency"] == "AFTER", settings["group_replication_consistency"] == "BEFORE_AND_AFTER":
		return "SET SESSION group_replication_consistency = 'BEFORE_AND_AFTER'"
	}
	return "SET SESSION group_replication_consistency = 'BEFORE'"
}

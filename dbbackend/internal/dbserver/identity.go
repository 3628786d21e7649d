package dbserver

// MySQLSettings asks for the settings that MySQLNode and Causal need. Variables that a
// server does not know are left out of the answer.
const MySQLSettings = "SHOW GLOBAL VARIABLES WHERE Variable_name IN" +
	" ('hostname', 'port', 'socket', 'datadir', 'server_id', 'server_uuid', 'server_uid'," +
	" 'wsrep_on', 'group_replication_group_name', 'group_replication_consistency')"

// GaleraStatus asks for the status that MySQLCluster needs.
const GaleraStatus = "SHOW GLOBAL STATUS LIKE 'wsrep_cluster_state_uuid'"

// MySQLNode names a server of MySQL or MariaDB. MariaDB has an identifier of
// its own in newer releases only.
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

// PostgreSQLName is a query for the name of a server. A standby has the identifiers
// of its primary, but not its start time.
const PostgreSQLName = `SELECT CASE WHEN pg_catalog.pg_is_in_recovery() THEN 'standby' ELSE 'primary' END
	|| ' started ' || pg_catalog.pg_postmaster_start_time()::text`

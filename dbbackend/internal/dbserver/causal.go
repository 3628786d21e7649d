package dbserver

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

package dbserver

// CausalReads is a statement that makes a session of MySQL wait, before it reads, for
// what any node of its cluster has committed, beside what the server is set to;
// "" where settings, which are those of MySQLSettings, tell of no cluster. It
// needs no privilege. On a node that has left its cluster reads fail then, or wait.
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

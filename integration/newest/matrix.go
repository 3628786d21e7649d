package main

import "path/filepath"

// server is a server of a root, and what is run on it.
type server struct {
	name    string            // as the table has it
	root    string            // of versions.txt
	pkg     string            // whose version is the server's
	kind    string            // of package servers
	others  map[string]string // roots of other kinds that the tests need
	only    string            // ONLY_SERVERS
	matters []subject
}

// subject is a set of tests.
type subject struct {
	name     string
	packages []string
	run      string // as for "go test -run"
}

// What is run on every database.
var (
	conformance = subject{"conformance: the recordings, without a cache", []string{"./integration"}, "TestConformance$"}
	further     = subject{"recordings with each cache, on the tables of the releases", []string{"./integration"}, "TestConformance.|Paging"}
	concurrency = subject{"concurrency: many clients, lock waits, deadlocks", []string{"./integration/concurrency"}, ""}
	storage     = subject{"storage: round trips, large rows, modes, schemas", []string{"./integration/storage", "./integration/releases"}, ""}
	feed        = subject{"feed: changes that others make, and the events of the log", []string{"./dbbackend/feed"}, ""}
	coherence   = subject{"coherence: the age of cached answers under load", []string{"./integration/coherence", "./cache"}, ""}
	faults      = subject{"faults: servers that stop, freeze, refuse", []string{"./integration/faults"}, ""}
	random      = subject{"random requests, rights, bad input", []string{"./integration/agreement", "./integration/authorization", "./integration/badinput"}, ""}
	upgrade     = subject{"upgrade: Mitaka to the newest release under load, by Glance 33", []string{"./integration/upgrade"}, ""}
	commands    = subject{"commands: check, changes, health", []string{"./caddymodule/..."}, "Check|Changes|Health|Schema"}
	semiSync    = subject{"semi-sync: a replica that stands still, takes over, replaces a dead source, under load", []string{"./integration/semisync"}, ""}
	galera      = subject{"Galera: three nodes, flow control, leaving, state transfer (IST, SST), under load", []string{"./integration/galera", "./dbbackend/feed"}, "Galera|Cluster"}
	group       = subject{"Group Replication: a primary that stops, is expelled, dies, sees no majority", []string{"./integration/groupreplication"}, ""}
	tier        = subject{"Redis tier: single, cluster, Sentinel, TLS, ACLs, outages", []string{"./cache/...", "./integration/coherence"}, ""}
	tokens      = subject{"tokens of all kinds, outages, the shared memory", []string{"./integration/keystone"}, ""}
	beside      = subject{"glance-api beside the gateway on one database", []string{"./integration/glanceapi"}, "Beside"}
	twoReleases = subject{"public reads in front of nodes of Debian 12's release and of this one, on one database", []string{"./integration/publicreads"}, "TwoReleases"}
)

var databases = []subject{conformance, further, concurrency, storage, feed, coherence, faults, random, upgrade, commands}

// matrix is everything, in the order of the table. GlanceManage of Glance 33 upgrades
// the databases.
var matrix = []server{
	{name: "MySQL", root: "mysql", pkg: "mysql-server", kind: "MYSQL", only: "mysql,redis,glance", matters: append(databases[:len(databases):len(databases)], semiSync, group),
		others: map[string]string{"REDIS": "valkey", "GLANCE": "openstack"}},
	{name: "MariaDB", root: "mariadb", pkg: "mariadb-server", kind: "MYSQL", only: "mysql,redis,glance", matters: append(databases[:len(databases):len(databases)], semiSync, galera),
		others: map[string]string{"REDIS": "valkey", "GLANCE": "openstack"}},
	{name: "PostgreSQL", root: "postgresql", pkg: "postgresql-18", kind: "POSTGRESQL", only: "postgresql,redis,glance,pgbouncer", matters: databases,
		others: map[string]string{"REDIS": "valkey", "GLANCE": "openstack"}},
	{name: "Valkey", root: "valkey", pkg: "valkey-server", kind: "REDIS", matters: []subject{tier},
		others: map[string]string{"MYSQL": "mysql", "POSTGRESQL": "postgresql"}},
	{name: "Redis", root: "redis", pkg: "redis-server", kind: "REDIS", matters: []subject{tier},
		others: map[string]string{"MYSQL": "mariadb", "POSTGRESQL": "postgresql"}},
	{name: "Keystone", root: "openstack", pkg: "keystone", kind: "KEYSTONE", matters: []subject{tokens},
		others: map[string]string{"REDIS": "valkey"}},
	{name: "Glance", root: "openstack", pkg: "glance-api", kind: "GLANCE", matters: []subject{beside},
		others: map[string]string{"MYSQL": "mysql", "POSTGRESQL": "postgresql"}},
	{name: "Glance beside Debian 12's", root: "openstack", pkg: "glance-api", kind: "OTHER_GLANCE", matters: []subject{twoReleases}},
}

// environment is what a subject of a server is run with.
func (s server) environment(what subject, roots string) []string {
	env := []string{"REQUIRE_SERVERS=1", s.kind + "_ROOT=" + filepath.Join(roots, s.root)}
	for kind, root := range s.others {
		env = append(env, kind+"_ROOT="+filepath.Join(roots, root))
	}
	if s.only != "" {
		env = append(env, "ONLY_SERVERS="+s.only)
	}
	if what.name == galera.name { // its long form has the state transfers
		env = append(env, "FULL=1")
	}
	return env
}

package servers

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/glancegate/glancegate/integration/kit"
)

// galeraProvider is where Debian's galera-4 has its library.
const galeraProvider = "/usr/lib/galera/libgalera_smm.so"

// NewGalera starts a Galera cluster of two MariaDB nodes and makes a database
// with Glance's schema in it, which is returned as either node has it. The first
// node writes into its binlog what it gets from the second
// (log_slave_updates), the second does not. The test is skipped where there is
// no Galera.
func NewGalera(t testing.TB) [2]*Database {
	t.Helper()
	Require(t, MySQL)
	for _, needed := range []string{galeraProvider, "/usr/bin/rsync", "/usr/sbin/mariadbd"} {
		if _, err := os.Stat(filepath.Join(MySQL.root(), needed)); err != nil {
			if os.Getenv("REQUIRE_SERVERS") == "1" {
				t.Fatal(err)
			}
			t.Skipf("no Galera here: %v", err)
		}
	}
	// Another program may have taken a port in the meantime.
	var err error
	for range 3 {
		var nodes [2]*Database
		if nodes, err = startGalera(t); err == nil {
			nodes[0].Load(t, "train")
			return nodes
		}
	}
	t.Fatalf("Galera does not start: %v", err)
	return [2]*Database{}
}

func startGalera(t testing.TB) (nodes [2]*Database, err error) {
	first, err := startGaleraNode(t, "gcomm://", "--wsrep-new-cluster", "--log-slave-updates=ON")
	if err != nil {
		return nodes, err
	}
	second, err := startGaleraNode(t, fmt.Sprintf("gcomm://127.0.0.1:%d", first.group), "--log-slave-updates=OFF")
	if err != nil {
		return nodes, err
	}
	const name = "glance"
	if _, err := first.db.Exec("CREATE DATABASE " + name); err != nil {
		return nodes, err
	}
	for i, n := range []*galeraNode{first, second} {
		db, err := sql.Open(mySQL.driver, mySQL.dsn(n.port, name))
		if err != nil {
			return nodes, err
		}
		t.Cleanup(func() { _ = db.Close() })
		nodes[i] = &Database{Dialect: MySQL, URL: mySQL.url(n.port, name), DB: db}
	}
	return nodes, nil
}

type galeraNode struct {
	port, group int
	db          *sql.DB
}

func startGaleraNode(t testing.TB, cluster string, args ...string) (*galeraNode, error) {
	var ports [4]int // of the server, the group, and the two ways of state transfer
	for i := range ports {
		var err error
		if ports[i], err = kit.FreePort(); err != nil {
			return nil, err
		}
	}
	f, err := newFolder(MySQL, "mysql")
	if err != nil {
		return nil, err
	}
	p, err := startMySQL(f, ports[0], append([]string{
		"--wsrep-on=ON",
		"--wsrep-provider=" + galeraProvider,
		"--wsrep-cluster-address=" + cluster,
		"--wsrep-node-address=127.0.0.1",
		fmt.Sprintf("--wsrep-provider-options=gmcast.listen_addr=tcp://127.0.0.1:%d;base_port=%d;ist.recv_addr=127.0.0.1:%d;pc.recovery=false;gcache.size=16M", ports[1], ports[1], ports[2]),
		"--wsrep-sst-method=rsync",
		fmt.Sprintf("--wsrep-sst-receive-address=127.0.0.1:%d", ports[3]),
		"--innodb-autoinc-lock-mode=2",
	}, args...)...)
	if err != nil {
		f.remove()
		return nil, err
	}
	t.Cleanup(func() { p.stop(syscall.SIGKILL) })
	db, err := sql.Open(mySQL.driver, mySQL.dsn(ports[0], mySQL.admin))
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { _ = db.Close() })
	return &galeraNode{ports[0], ports[1], db}, p.await(db.PingContext)
}

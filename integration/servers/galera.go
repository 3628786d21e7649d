package servers

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/glancegate/glancegate/integration/kit"
)

// galeraProvider is where Debian's galera-4 has its library.
const galeraProvider = "/usr/lib/galera/libgalera_smm.so"

// clusterDatabase is the name of the database with Glance's schema.
const clusterDatabase = "glance"

// Galera is a Galera cluster of MariaDB nodes that belongs to one test.
type Galera struct{ Nodes []*GaleraNode }

// GaleraNode is a node of a cluster.
type GaleraNode struct {
	*Server
	Database *Database // Glance's, as this node has it
	Name     string    // in the cluster

	group   int // port
	cluster *Galera
}

// NewGalera starts a cluster of two nodes and makes a database
// with Glance's schema in it, which is returned as either node has it. The first
// node writes into its binlog what it gets from the second
// (log_slave_updates), the second does not. The test is skipped where there is
// no Galera.
func NewGalera(t testing.TB) [2]*Database {
	t.Helper()
	c := newGalera(t, []string{"--log-slave-updates=ON"}, []string{"--log-slave-updates=OFF"})
	return [2]*Database{c.Nodes[0].Database, c.Nodes[1].Database}
}

// StartGalera starts a cluster of so many nodes, each of which can be followed,
// with Glance's schema in it. The test is skipped where there is no Galera.
func StartGalera(t testing.TB, nodes int) *Galera {
	t.Helper()
	return newGalera(t, slices.Repeat([][]string{{"--log-slave-updates=ON"}}, nodes)...)
}

// newGalera starts a cluster with further arguments of each node.
func newGalera(t testing.TB, args ...[]string) *Galera {
	t.Helper()
	Require(t, MySQL)
	if IsMySQL() {
		t.Skip("Galera is a part of MariaDB's packages, not of MySQL's")
	}
	for _, needed := range []string{galeraProvider, "/usr/bin/rsync", "/usr/sbin/mariadbd"} {
		if _, err := os.Stat(filepath.Join(MySQL.root(), needed)); err != nil {
			kit.Lacking(t, "no Galera here: %v", err)
		}
	}
	// Another program may have taken a port in the meantime.
	var err error
	for range 3 {
		c := &Galera{}
		if err = c.start(t, args); err == nil {
			c.Nodes[0].Database.Load(t, "train")
			return c
		}
	}
	t.Fatalf("Galera does not start: %v", err)
	return nil
}

func (c *Galera) start(t testing.TB, args [][]string) error {
	for i, further := range args {
		n, err := c.startNode(t, fmt.Sprintf("node%d", i), further)
		if err != nil {
			return err
		}
		c.Nodes = append(c.Nodes, n)
		if i == 0 {
			if _, err := n.db.Exec("CREATE DATABASE " + clusterDatabase); err != nil {
				return err
			}
		}
		db, err := sql.Open(n.driver, n.dsn(n.port, clusterDatabase))
		if err != nil {
			return err
		}
		t.Cleanup(func() { _ = db.Close() })
		n.Database = &Database{Dialect: MySQL, URL: n.url(n.port, clusterDatabase), DB: db}
	}
	return nil
}

func (c *Galera) startNode(t testing.TB, name string, further []string) (*GaleraNode, error) {
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
	n := &GaleraNode{Name: name, group: ports[1], cluster: c}
	args := append([]string{
		"--wsrep-on=ON",
		"--wsrep-provider=" + galeraProvider,
		"--wsrep-node-name=" + name,
		"--wsrep-node-address=127.0.0.1",
		fmt.Sprintf("--wsrep-provider-options=gmcast.listen_addr=tcp://127.0.0.1:%d;base_port=%d;ist.recv_addr=127.0.0.1:%d;pc.recovery=false;gcache.size=16M", ports[1], ports[1], ports[2]),
		// Newer releases take provider options while they run only without it.
		"--loose-plugin-wsrep-provider=OFF",
		"--wsrep-sst-method=rsync",
		fmt.Sprintf("--wsrep-sst-receive-address=127.0.0.1:%d", ports[3]),
		"--innodb-autoinc-lock-mode=2",
	}, further...)
	p, err := startMySQL(f, ports[0], append(args, n.others())...)
	if err != nil {
		f.remove()
		return nil, err
	}
	n.Server = &Server{&server{
		kind: MySQL, driver: mySQL.driver, admin: mySQL.admin, dsn: mySQL.dsn, url: mySQL.url, process: p, port: ports[0],
	}}
	t.Cleanup(n.stop)
	n.db, err = sql.Open(n.driver, n.dsn(n.port, n.admin))
	if err != nil {
		return nil, err
	}
	return n, p.await(n.ready)
}

// others is the argument that says where the other nodes are. The first node has
// none, and begins a cluster.
func (n *GaleraNode) others() string {
	var others []string
	for _, other := range n.cluster.Nodes {
		if other != n {
			others = append(others, fmt.Sprintf("127.0.0.1:%d", other.group))
		}
	}
	return "--wsrep-cluster-address=gcomm://" + strings.Join(others, ",")
}

// Status is a status variable of the node; empty: it has none of that name.
func (n *GaleraNode) Status(ctx context.Context, name string) (value string, err error) {
	err = n.db.QueryRowContext(ctx, "SHOW GLOBAL STATUS LIKE '"+name+"'").Scan(&name, &value)
	return value, err
}

// ready reports an error until the node takes part in the cluster.
func (n *GaleraNode) ready(ctx context.Context) error {
	state, err := n.Status(ctx, "wsrep_local_state_comment")
	if err == nil && state != "Synced" {
		err = fmt.Errorf("%s is in the state %s", n.Name, state)
	}
	return err
}

// AwaitSynced waits until the node takes part in the cluster and has what the
// others have.
func (n *GaleraNode) AwaitSynced(t testing.TB) {
	t.Helper()
	if err := n.process.await(n.ready); err != nil {
		t.Fatal(err)
	}
}

// AwaitAll waits until the node has what the others had committed.
func (n *GaleraNode) AwaitAll(t testing.TB) {
	t.Helper()
	conn, err := n.db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, statement := range []string{"SET SESSION wsrep_sync_wait = 1", "SELECT 1 FROM mysql.user LIMIT 1", "SET SESSION wsrep_sync_wait = DEFAULT"} {
		if _, err := conn.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %s: %v", n.Name, statement, err)
		}
	}
}

// Kill ends the node where it is, which may cost it its last commits: the other
// nodes have them.
func (n *GaleraNode) Kill(t testing.TB) {
	t.Helper()
	n.end(t, syscall.SIGKILL)
}

// Rejoin starts the node again, without waiting for what it has to be sent. As
// long as it knows where it was (recover, or a clean stop), and the others still
// have what came after, that is what it is sent (IST); otherwise everything (SST), by
// the node donor unless that is nil.
func (n *GaleraNode) Rejoin(t testing.TB, recover bool, donor *GaleraNode) {
	t.Helper()
	folder := n.process.folder
	if err := folder.write("init.sql", ""); err != nil {
		t.Fatal(err)
	}
	known := n.process.args
	args := append(slices.Clone(known), n.others()) // of two, the last one counts
	if donor != nil {
		args = append(args, "--wsrep-sst-donor="+donor.Name)
	}
	if recover {
		args = append(args, "--wsrep-start-position="+n.position(t))
	}
	p, err := launch(folder, n.process.program, args...)
	if err != nil {
		t.Fatal(err)
	}
	p.args = known
	n.process = p
}

// position is the last transaction that a killed node has.
func (n *GaleraNode) position(t testing.TB) string {
	t.Helper()
	cmd, err := n.process.folder.command(n.process.program, append(slices.Clone(n.process.args), "--wsrep-recover")...)
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.CombinedOutput()
	_, position, found := strings.Cut(string(out), "Recovered position: ")
	if !found {
		t.Fatalf("%s: no recovered position: %v\n%s", n.Name, err, out)
	}
	return strings.Fields(position)[0]
}

// stop ends a node that may be paused.
func (n *GaleraNode) stop() {
	if n.db != nil {
		_ = n.db.Close()
	}
	n.process.stop(syscall.SIGKILL)
}

// Output is the end of what the node wrote.
func (n *GaleraNode) Output() string { return n.process.output() }

const haProxy Kind = "haproxy"

// StartHAProxy runs HAProxy with a configuration until the end of the test, and
// waits until it listens on an address of it. The test is skipped where there is
// no HAProxy.
func StartHAProxy(t testing.TB, config, address string) {
	t.Helper()
	if _, err := locate(haProxy.root(), "haproxy"); err != nil {
		kit.Lacking(t, "no haproxy here: %v", err)
	}
	f, err := newFolder(haProxy, "haproxy")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.write("haproxy.cfg", config); err != nil {
		t.Fatal(err)
	}
	p, err := launch(f, "haproxy", "-db", "-f", f.file("haproxy.cfg"))
	if err != nil {
		f.remove()
		t.Fatal(err)
	}
	t.Cleanup(func() { p.stop(syscall.SIGKILL) })
	err = p.await(func(ctx context.Context) error {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
		if err == nil {
			conn.Close()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

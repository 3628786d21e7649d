// Package galera tests how the gateway does on a Galera cluster of three nodes:
// how old answers can be while the node whose changes are followed lags behind,
// leaves or comes back, that concurrent requests through gateways on all nodes
// have one winner, and that a node that left costs no request behind HAProxy.
//
// FULL=1 in the environment runs all scenarios, not only the quick ones.
package galera

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/glancegate/glancegate/integration/servers"
)

// full runs what takes too long for every day.
var full = os.Getenv("FULL") == "1"

func TestMain(m *testing.M) {
	// The tests' own connections break, too, and are repaired.
	if err := mysql.SetLogger(&mysql.NopLogger{}); err != nil {
		panic(err)
	}
	servers.Main(m)
}

// All tests have one cluster, as its start takes long.
func TestGalera(t *testing.T) {
	c := servers.StartGalera(t, 3)
	t.Run("reads after writes", func(t *testing.T) { testReadBack(t, c) })
	t.Run("many clients", func(t *testing.T) { testConcurrency(t, c) })
	t.Run("a node leaves", func(t *testing.T) { testLeaving(t, c) })
	t.Run("age of answers", func(t *testing.T) { testAges(t, c) })
}

// numbers makes the table other.numbers on all nodes.
func numbers(t *testing.T, c *servers.Galera, rows int) {
	t.Helper()
	for _, statement := range []string{
		"DROP DATABASE IF EXISTS other",
		"CREATE DATABASE other",
		"CREATE TABLE other.numbers (id INT PRIMARY KEY, n INT, text VARCHAR(100))",
		fmt.Sprintf("INSERT INTO other.numbers SELECT seq, seq, REPEAT('x', 80) FROM seq_1_to_%d", rows),
	} {
		c.Nodes[1].Exec(t, statement)
	}
	for _, n := range c.Nodes {
		n.AwaitAll(t)
	}
}

var scenarios = []scenario{
	{name: "nothing", quick: true, calm: true, happens: func(*testing.T, *servers.Galera) { time.Sleep(3 * time.Second) }},
	{name: "read lock", quick: true, reason: lags, happens: func(t *testing.T, c *servers.Galera) {
		readLock(t, c.Nodes[0], long(4*time.Second, 8*time.Second))
	}},
	{name: "read lock, desynchronized", reason: lags, happens: func(t *testing.T, c *servers.Galera) {
		c.Nodes[0].Exec(t, "SET GLOBAL wsrep_desync = ON")
		readLock(t, c.Nodes[0], 15*time.Second)
		c.Nodes[0].Exec(t, "SET GLOBAL wsrep_desync = OFF")
	}},
	// Until the node has noticed, it is one that lags. Then the reason changes.
	{name: "isolated", quick: true, reason: apart, happens: func(t *testing.T, c *servers.Galera) {
		c.Nodes[0].Exec(t, "SET GLOBAL wsrep_provider_options = 'gmcast.isolate=1'")
		time.Sleep(long(9*time.Second, 18*time.Second))
		c.Nodes[0].Exec(t, "SET GLOBAL wsrep_provider_options = 'gmcast.isolate=0'")
		c.Nodes[0].AwaitSynced(t)
	}},
	{name: "donor", leaver: 2, happens: func(t *testing.T, c *servers.Galera) {
		c.Nodes[2].Kill(t)
		c.Nodes[2].Rejoin(t, false, c.Nodes[0])
		c.Nodes[2].AwaitSynced(t)
	}},
	{name: "large update", quick: true, happens: func(t *testing.T, c *servers.Galera) {
		c.Nodes[1].Exec(t, "UPDATE other.numbers SET n = n + 1, text = CONCAT('after ', n)")
	}},
	{name: "rolling schema upgrade", happens: func(t *testing.T, c *servers.Galera) {
		session(t, c.Nodes[0], "SET SESSION wsrep_OSU_method = RSU", "ALTER TABLE other.numbers FORCE, ALGORITHM=COPY")
	}},
	{name: "total order schema upgrade", happens: func(t *testing.T, c *servers.Galera) {
		session(t, c.Nodes[1], "ALTER TABLE other.numbers FORCE, ALGORITHM=COPY")
	}},
	{name: "stopped", quick: true, reason: silent, happens: func(t *testing.T, c *servers.Galera) {
		c.Nodes[0].Pause(t)
		time.Sleep(8 * time.Second)
		c.Nodes[0].Continue(t)
		c.Nodes[0].AwaitSynced(t)
	}},
	{name: "killed, sent what it lacks", reason: silent, happens: func(t *testing.T, c *servers.Galera) {
		c.Nodes[0].Kill(t)
		c.Nodes[0].Rejoin(t, true, nil)
		c.Nodes[0].AwaitSynced(t)
	}},
	{name: "killed, sent everything", reason: silent, happens: func(t *testing.T, c *servers.Galera) {
		c.Nodes[0].Kill(t)
		c.Nodes[0].Rejoin(t, false, c.Nodes[1])
		c.Nodes[0].AwaitSynced(t)
	}},
}

// long is how long a scenario goes on at least, or as long as it was seen to do
// harm. After five seconds the others evict a node that does not answer.
func long(least, seen time.Duration) time.Duration {
	if full {
		return seen
	}
	return least
}

// session runs statements on one connection of a node.
func session(t *testing.T, n *servers.GaleraNode, statements ...string) {
	t.Helper()
	conn, err := n.Database.DB.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer discard(conn)
	for _, statement := range statements {
		if _, err := conn.ExecContext(t.Context(), statement); err != nil {
			t.Errorf("%s: %s: %v", n.Name, statement, err)
		}
	}
}

// discard closes a connection whose settings are not those of others.
func discard(conn *sql.Conn) {
	_ = conn.Raw(func(any) error { return driver.ErrBadConn })
	_ = conn.Close()
}

// readLock keeps everything from being written on a node, also what comes from
// the others.
func readLock(t *testing.T, n *servers.GaleraNode, length time.Duration) {
	t.Helper()
	conn, err := n.Database.DB.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer discard(conn)
	for _, statement := range []string{"FLUSH TABLES WITH READ LOCK", "", "UNLOCK TABLES"} {
		if statement == "" {
			time.Sleep(length)
			continue
		}
		if _, err := conn.ExecContext(context.Background(), statement); err != nil {
			t.Errorf("%s: %s: %v", n.Name, statement, err)
		}
	}
}

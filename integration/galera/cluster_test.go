package galera

import (
	"fmt"
	"testing"

	"github.com/glancegate/glancegate/integration/servers"
)

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

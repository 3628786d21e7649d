package galera

import (
	"fmt"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/servers"
)

// mysqlCheck is how most clouds have HAProxy in front of Galera. The check logs in,
// which a node that has left the cluster lets it do.
const mysqlCheck = `defaults
    mode tcp
    timeout connect 5s
    timeout client 1h
    timeout server 1h
listen database
    bind ADDRESS
    balance roundrobin
    option mysql-check user haproxy
    default-server check inter 1s fall 2 rise 2 on-marked-down shutdown-sessions
    server db1 NODE0
    server db2 NODE1
    server db3 NODE2
`

// readyCheck is the configuration of docs/clusters.md, whose check knows whether a
// node has left the cluster.
func readyCheck(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/clusters.md")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)```haproxy\n(.*?)```").FindSubmatch(text)
	if block == nil {
		t.Fatal("docs/clusters.md has no configuration of HAProxy")
	}
	return strings.NewReplacer(
		"192.0.2.10:3306", "ADDRESS", "192.0.2.11:3306", "NODE0", "192.0.2.12:3306", "NODE1", "192.0.2.13:3306", "NODE2",
	).Replace(string(block[1]))
}

// behindHAProxy starts HAProxy in front of a cluster and returns the URL of
// Glance's database that leads through it. The addresses in the configuration
// are written ADDRESS, and NODE0 to NODE2.
func behindHAProxy(t *testing.T, c *servers.Galera, config string) string {
	t.Helper()
	c.Nodes[0].Exec(t, "CREATE USER IF NOT EXISTS haproxy@'%'")
	address := kit.FreeAddress(t)
	names := []string{"ADDRESS", address}
	var u *url.URL
	for n, node := range c.Nodes {
		var err error
		if u, err = url.Parse(node.Database.URL); err != nil {
			t.Fatal(err)
		}
		names = append(names, fmt.Sprint("NODE", n), u.Host)
	}
	servers.StartHAProxy(t, strings.NewReplacer(names...).Replace(config), address)
	u.Host = address
	return u.String()
}

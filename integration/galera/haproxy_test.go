package galera

import (
	"fmt"
	"net/url"
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
    balance BALANCE
    option mysql-check user haproxy
    default-server check inter 1s fall 2 rise 2 on-marked-down shutdown-sessions
    server db1 NODE0
    server db2 NODE1
    server db3 NODE2
`

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

// balanced is a configuration that has every connection led to the next node.
func balanced(how string) string { return strings.ReplaceAll(mysqlCheck, "BALANCE", how) }

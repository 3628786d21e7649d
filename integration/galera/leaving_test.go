package galera

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration"
	"github.com/glancegate/glancegate/integration/cachetest"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/servers"
)

const (
	// longestRun is how long one client may get nothing but errors after a node has
	// left. longestWait is how long one may be without an answer: until the others
	// have evicted the node, commits and causal reads wait on all of them, which
	// docs/clusters.md says.
	longestRun  = 5 * time.Second
	longestWait = 15 * time.Second
)

// A node that has left costs clients behind HAProxy a moment, not an outage: its
// check takes the node out, and without such a check the gateway gives up
// connections that lead there.
func testLeaving(t *testing.T, c *servers.Galera) {
	for _, tt := range []struct{ name, config string }{
		{"wsrep_ready", readyCheck(t)},
		{"mysql-check", mysqlCheck},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c.Nodes[0].Database.Fill(t)
			database := behindHAProxy(t, c, tt.config)
			gateway := integration.StartGateway(t, fmt.Sprintf("glance_registry {\ndatabase `%s`\nidentity trusted\n}", database))
			var all sync.WaitGroup
			var each [8]answers
			ctx, stop := context.WithCancel(t.Context())
			defer all.Wait()
			defer stop()
			for n := range each {
				all.Go(func() { each[n].work(ctx, gateway, n) })
			}
			time.Sleep(3 * time.Second) // HAProxy has checked the nodes
			c.Nodes[0].Exec(t, "SET GLOBAL wsrep_provider_options = 'gmcast.isolate=1'")
			time.Sleep(long(14*time.Second, 20*time.Second))
			stop()
			all.Wait()
			c.Nodes[0].Exec(t, "SET GLOBAL wsrep_provider_options = 'gmcast.isolate=0'")
			c.Nodes[0].AwaitSynced(t)
			var total answers
			for n := range each {
				total.add(&each[n])
			}
			t.Logf("%d answers, %d errors, at most %v of errors only, at most %v without an answer; the last error: %v",
				total.good, total.bad, total.run, total.wait, total.last)
			if total.run > longestRun || total.wait > longestWait || total.good == 0 {
				t.Errorf("allowed are %v of errors only, and %v without an answer", longestRun, longestWait)
			}
			if total.odd != nil {
				t.Errorf("an error is no 503: %v", total.odd)
			}
		})
	}
}

// answers is what one client got.
type answers struct {
	good, bad int
	run       time.Duration // the longest time from an error to the next answer
	wait      time.Duration // the longest time between two answers
	last, odd error         // odd: not a 503
}

// work writes and reads an image until ctx ends.
func (a *answers) work(ctx context.Context, gateway string, client int) {
	id := fmt.Sprintf("c0ffee00-0000-4000-8000-%012d", client)
	body := fmt.Sprintf(`{"image": {"id": %q, "name": "n", "status": "queued", "disk_format": "raw", "container_format": "bare"}}`, id)
	method, url := http.MethodPost, gateway+"/images"
	answered, failing := time.Now(), time.Time{}
	for round := 0; ctx.Err() == nil; round++ {
		began := time.Now()
		_, err := cachetest.Send(ctx, http.DefaultClient, method, url, body)
		now := time.Now()
		a.wait = max(a.wait, now.Sub(answered))
		switch {
		case ctx.Err() != nil: // an end like any other
			if !failing.IsZero() {
				a.run = max(a.run, now.Sub(failing))
			}
			return
		case err != nil:
			a.bad, a.last = a.bad+1, err
			if !strings.Contains(err.Error(), ": 503 ") {
				a.odd = err
			}
			if failing.IsZero() {
				failing = now
			}
		default:
			a.good++
			if !failing.IsZero() {
				a.run = max(a.run, began.Sub(failing))
			}
			answered, failing = now, time.Time{}
			method, url, body = http.MethodGet, gateway+"/images/"+id, ""
			if round%4 == 0 {
				method, body = http.MethodPut, fmt.Sprintf(`{"image": {"name": "%d"}}`, round)
			}
		}
		kit.Pause(ctx, 20*time.Millisecond)
	}
}

func (a *answers) add(b *answers) {
	a.good, a.bad = a.good+b.good, a.bad+b.bad
	a.run, a.wait = max(a.run, b.run), max(a.wait, b.wait)
	if b.last != nil {
		a.last = b.last
	}
	if b.odd != nil {
		a.odd = b.odd
	}
}

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

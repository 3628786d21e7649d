package shared_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/glancegate/glancegate/integration/netproxy"
	"github.com/glancegate/glancegate/integration/servers"
)

// After a fail-over nothing is found that was there before, as the new master may
// not know of the last changes.
func TestSentinelFailsOver(t *testing.T) {
	s := servers.StartRedisSentinel(t)
	a, b := pair(t, s.URL)
	a.put("image", "old")
	key := a.Record("image").Key()
	a.await("copied", func() bool { return s.Replica.Do("EXISTS", key) == int64(1) })
	stop := busy(a, b)
	s.Master.Kill()
	a.saw("down")
	b.saw("down")
	a.saw("up")
	b.saw("up")
	stop()
	agree(a, b)
	if s.Replica.Do("EXISTS", key) != int64(1) {
		t.Error("the new master does not have the old value: this shows nothing")
	}
	a.lacks("image", "though it is older than the fail-over")
	b.lacks("image", "though it is older than the fail-over")
	a.put("image", "new")
	b.holds("image", "new")
	b.Invalidate([]string{"image"}, true)
	a.lacks("image", "though it was changed")
}

func TestCluster(t *testing.T) {
	s := servers.StartRedisCluster(t)
	a, b := patientPair(t, s.URL)
	for n := range 50 {
		id := fmt.Sprint("image-", n)
		a.put(id, "value")
		b.holds(id, "value")
	}
	for n, node := range s.Nodes {
		if keys, _ := node.Do("DBSIZE").(int64); keys < 10 {
			t.Errorf("node %d has %d keys", n, keys)
		}
	}
	for n := range 50 {
		id := fmt.Sprint("image-", n)
		b.Invalidate([]string{id}, true)
		a.lacks(id, "though it was changed")
		a.expectReceived(id)
	}
	c, d := pair(t, s.URL)
	stop := busy(c, d)
	s.Nodes[2].Kill()
	c.saw("down")
	d.saw("down")
	stop()
}

// A fail-over is noticed by the first connection that leads to the new master,
// while others still lead to the old one: changes that only that one knows of
// are not undone.
func TestAddressMoves(t *testing.T) {
	old := servers.StartRedis(t, "--repl-diskless-sync-delay", "0")
	next := servers.StartRedis(t, "--replicaof", "127.0.0.1", strings.TrimPrefix(old.Address(), "127.0.0.1:"))
	proxy, url := netproxy.New(t, old.URL)
	a := start(t, url)
	a.put("image", "old")
	agree(a)
	key := a.Record("image").Key()
	a.await("copied", func() bool { return next.Do("EXISTS", key) == int64(1) })
	next.Do("REPLICAOF", "NO", "ONE")
	a.Invalidate([]string{"image"}, true)
	proxy.Redirect(t, next.URL)
	var running sync.WaitGroup
	for range 50 { // so that connections are needed
		running.Go(func() {
			for range 20 {
				a.lacks("image", "though it was changed")
			}
		})
	}
	running.Wait()
	a.saw("down")
	proxy.Break() // as the old master does in the end
	a.saw("up")
	a.lacks("image", "though it was changed")
}

package shared_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/servers"
)

// needed is the smallest ACL that works, as docs/cache.md shows it.
var needed = struct{ access, commands []string }{
	[]string{"resetchannels", "~test:*", "&test:changes"},
	[]string{"+ping", "+info", "+get", "+pttl", "+set", "+unlink", "+subscribe", "+publish"},
}

func allow(s *servers.RedisServer, rules ...string) {
	args := []any{"ACL", "SETUSER", "gateway", "reset", "on", ">s3cret"}
	for _, rule := range rules {
		args = append(args, rule)
	}
	s.Do(args...)
}

// tour does everything that a gateway does, if it comes to be in use.
func (g *gateway) tour() {
	for n := range 20 {
		name := g.Record(fmt.Sprint("image-", n))
		_, ticket := g.getNamed(name)
		g.putAt(ticket, "value", time.Now())
	}
	g.Invalidate([]string{"image-1"}, true)
	g.InvalidateAll()
}

func TestSmallestACL(t *testing.T) {
	s := servers.StartRedis(t)
	url := strings.Replace(s.URL, "redis://", "redis://gateway:s3cret@", 1)
	rules := append(needed.access, needed.commands...)
	allow(s, rules...)
	g := start(t, url)
	g.tour()
	g.put("image", "value")
	agree(g)
	if log, _ := s.Do("ACL", "LOG").([]any); len(log) > 0 {
		t.Errorf("refused: %v", log)
	}
	for n := range rules[1:] { // without every one but resetchannels
		allow(s, append(append([]string{}, rules[:n+1]...), rules[n+2:]...)...)
		s.Do("ACL", "LOG", "RESET")
		g := prepare(t, url, nil)
		g.RaiseTimeout()
		g.Start()
		g.await("refused for want of "+rules[n+1], func() bool {
			g.tour()
			log, _ := s.Do("ACL", "LOG").([]any)
			return len(log) > 0
		})
		g.Close()
	}
}

// A cluster is asked for its slots and commands, too.
func TestSmallestACLOfClusters(t *testing.T) {
	c := servers.StartRedisCluster(t)
	for _, node := range c.Nodes {
		allow(node, append(append(needed.access, needed.commands...), "+cluster|slots", "+command")...)
	}
	g := start(t, strings.Replace(c.URL, "redis+cluster://", "redis+cluster://gateway:s3cret@", 1))
	g.tour()
	g.put("image", "value")
	agree(g)
	for _, node := range c.Nodes {
		if log, _ := node.Do("ACL", "LOG").([]any); len(log) > 0 {
			t.Errorf("refused: %v", log)
		}
	}
}

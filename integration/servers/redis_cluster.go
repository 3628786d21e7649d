package servers

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/glancegate/glancegate/integration/kit"
)

// RedisCluster is three masters without replicas.
type RedisCluster struct {
	URL   string // redis+cluster://host:port,host:port,host:port
	Nodes []*RedisServer
}

// slots is how many there are in a cluster.
const slots = 16384

// StartRedisCluster starts a cluster for one test. A node that is killed can't
// come back, as it forgets who it was.
func StartRedisCluster(t testing.TB) *RedisCluster {
	t.Helper()
	c := &RedisCluster{}
	var addresses []string
	for range 3 {
		bus, err := kit.FreePort()
		if err != nil {
			t.Fatal(err)
		}
		node := StartRedis(t, "--cluster-enabled", "yes", "--cluster-port", fmt.Sprint(bus),
			"--cluster-node-timeout", "2000", "--cluster-config-file", "nodes.conf")
		c.Nodes = append(c.Nodes, node)
		addresses = append(addresses, node.Address())
		n := len(c.Nodes) - 1
		c.Nodes[n].Do("CLUSTER", "ADDSLOTSRANGE", n*slots/3, (n+1)*slots/3-1)
		c.Nodes[n].Do("CLUSTER", "SET-CONFIG-EPOCH", n+1)
		if n > 0 {
			c.Nodes[n].Do("CLUSTER", "MEET", "127.0.0.1", c.Nodes[0].port, c.Nodes[0].busPort())
		}
	}
	c.URL = "redis+cluster://" + strings.Join(addresses, ",")
	for _, node := range c.Nodes {
		if err := node.process.await(node.inCluster); err != nil {
			t.Fatalf("the cluster does not form: %v", err)
		}
	}
	return c
}

func (s *RedisServer) busPort() string {
	for n, option := range s.options {
		if option == "--cluster-port" {
			return s.options[n+1]
		}
	}
	return ""
}

// inCluster tells whether the node sees all slots on three nodes.
func (s *RedisServer) inCluster(ctx context.Context) error {
	client := redis.NewClient(&redis.Options{Addr: s.Address()})
	defer client.Close()
	info, err := client.ClusterInfo(ctx).Result()
	if err != nil {
		return err
	}
	for _, want := range []string{"cluster_state:ok", fmt.Sprint("cluster_slots_ok:", slots), "cluster_size:3"} {
		if !strings.Contains(info, want) {
			return fmt.Errorf("no %s in %s", want, info)
		}
	}
	return nil
}

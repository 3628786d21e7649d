package servers

import (
	"context"
	"fmt"
	"os"
	"strings"
	"syscall"
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

// inCluster reports whether the node sees all slots on three nodes.
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

// RedisSentinel is a master and a replica, watched by a Sentinel that makes the
// replica the master half a second after the master has gone.
type RedisSentinel struct {
	URL             string // redis+sentinel://host:port/glance/0
	Master, Replica *RedisServer
	address         string
}

// StartRedisSentinel starts three servers for one test. The replica has
// everything that the master has.
func StartRedisSentinel(t testing.TB) *RedisSentinel {
	t.Helper()
	quick := []string{"--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1"}
	s := &RedisSentinel{Master: StartRedis(t, quick...)}
	s.Replica = StartRedis(t, append(quick, "--replicaof", "127.0.0.1", fmt.Sprint(s.Master.port))...)
	port, err := kit.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	s.address = fmt.Sprintf("127.0.0.1:%d", port)
	s.URL = "redis+sentinel://" + s.address + "/glance/0"
	f, err := newFolder(Redis, "redis", "valkey")
	if err != nil {
		t.Fatal(err)
	}
	config := fmt.Sprintf("bind 127.0.0.1\nport %d\ndir %s\nsentinel monitor glance 127.0.0.1 %d 1\n"+
		"sentinel down-after-milliseconds glance 500\nsentinel failover-timeout glance 2000\n", port, f.path, s.Master.port)
	err = f.write("sentinel.conf", config)
	if err == nil && f.owner != nil {
		// Sentinel keeps its state in it.
		err = os.Chown(f.file("sentinel.conf"), int(f.owner.Uid), int(f.owner.Gid))
	}
	if err != nil {
		f.remove()
		t.Fatal(err)
	}
	p, err := launch(f, redisProgram(f.root), f.file("sentinel.conf"), "--sentinel")
	if err != nil {
		f.remove()
		t.Fatal(err)
	}
	t.Cleanup(func() { p.stop(syscall.SIGKILL) })
	if err := p.await(s.ready); err != nil {
		t.Fatalf("sentinel does not start: %v", err)
	}
	return s
}

// ready reports whether Sentinel has found the replica, and that in step.
func (s *RedisSentinel) ready(ctx context.Context) error {
	sentinel := redis.NewSentinelClient(&redis.Options{Addr: s.address})
	defer sentinel.Close()
	replicas, err := sentinel.Replicas(ctx, "glance").Result()
	if err != nil {
		return err
	}
	if len(replicas) != 1 || replicas[0]["master-link-status"] != "ok" || replicas[0]["flags"] != "slave" {
		return fmt.Errorf("the replica is not ready: %v", replicas)
	}
	return nil
}

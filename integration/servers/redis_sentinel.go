package servers

import (
	"context"
	"fmt"
	"os"
	"syscall"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/glancegate/glancegate/integration/kit"
)

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

// ready tells whether Sentinel has found the replica, and that in step.
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

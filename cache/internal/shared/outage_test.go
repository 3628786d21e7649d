package shared_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/glancegate/glancegate/cache/internal/shared"
	"github.com/glancegate/glancegate/cache/redisdb"
	"github.com/glancegate/glancegate/integration/netproxy"
	"github.com/glancegate/glancegate/integration/servers"
)

// Whatever happens to Redis, no request waits for it; it is used again when it is
// well, and nothing is found then that was there before.
func TestOutages(t *testing.T) {
	for _, test := range []struct {
		name   string
		do     func(*servers.RedisServer)
		undo   func(*servers.RedisServer)
		reason string // part of it
	}{
		{"killed", (*servers.RedisServer).Kill, (*servers.RedisServer).Start, ""},
		{"restarted", func(s *servers.RedisServer) { s.Kill(); s.Start() }, nil, ""},
		{"paused", (*servers.RedisServer).Pause, (*servers.RedisServer).Resume, ""},
		{"read-only", func(s *servers.RedisServer) { s.Do("REPLICAOF", "127.0.0.1", "1") },
			func(s *servers.RedisServer) { s.Do("REPLICAOF", "NO", "ONE") }, ""},
		{"full", func(s *servers.RedisServer) { s.Do("CONFIG", "SET", "maxmemory", "1") },
			func(s *servers.RedisServer) { s.Do("CONFIG", "SET", "maxmemory", "0") }, "OOM"},
		{"disconnecting", func(s *servers.RedisServer) { s.Do("CLIENT", "KILL", "TYPE", "pubsub") }, nil, "EOF"},
		{"another after a fail-over", func(s *servers.RedisServer) { s.Do("DEBUG", "CHANGE-REPL-ID") }, nil, "another Redis server"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := servers.StartRedis(t, "--enable-debug-command", "yes")
			a, b := pair(t, s.URL)
			a.put("image", "old")
			stop := busy(a, b)
			test.do(s)
			a.saw("down")
			b.saw("down")
			if test.undo != nil {
				a.lacks("image", "though Redis is not in use")
				if status := a.Status(); status.InUse || status.Reason == "" {
					t.Errorf("the status is %+v", status)
				}
				// The first reason may be that Redis was slow.
				a.await("down for the reason", func() bool { return strings.Contains(a.Status().Reason, test.reason) })
				a.Invalidate([]string{"image"}, true)
				a.InvalidateAll()
				test.undo(s)
			}
			a.saw("up")
			b.saw("up")
			stop()
			agree(a, b)
			a.lacks("image", "though it is older than the recovery")
			b.lacks("image", "though it is older than the recovery")
			a.put("image", "new")
			b.holds("image", "new")
			b.Invalidate([]string{"image"}, true)
			a.awaitReceived(1)
			a.lacks("image", "though it was changed")
		})
	}
}

// Without what was in it Redis is as good as ever.
func TestFlushed(t *testing.T) {
	s := servers.StartRedis(t)
	a, b := pair(t, s.URL)
	a.put("image", "old")
	stop := busy(a, b)
	s.Do("FLUSHALL")
	a.lacks("image", "though Redis is empty")
	stop()
	a.put("image", "new")
	b.holds("image", "new")
}

// A change that could not be sent voids what others know: they have Redis all
// the time, and hear of it when this gateway is back.
func TestChangesDuringAnOutage(t *testing.T) {
	s := servers.StartRedis(t)
	proxy, url := netproxy.New(t, s.URL)
	a, b := prepare(t, url, nil).start(), start(t, s.URL)
	for name, change := range map[string]func(){
		"one":        func() { a.Invalidate([]string{"image"}, true) },
		"untold":     func() { a.Invalidate([]string{"image"}, false) },
		"everything": a.InvalidateAll,
	} {
		t.Run(name, func(t *testing.T) {
			a.t, b.t = t, t
			b.put("image", "old")
			agree(a, b)
			proxy.HoldRequests() // before the gateway notices
			start := time.Now()
			change()
			if took := time.Since(start); took > maxWait {
				t.Errorf("it took %s", took)
			}
			a.lacks("image", "right after the change")
			proxy.Down()
			proxy.Release()
			a.lacks("image", "without Redis")
			b.holds("image", "old") // or this shows nothing
			proxy.Up(t)
			a.saw("up")
			agree(a, b)
			a.lacks("image", "after a change")
			b.lacks("image", "after a change")
		})
	}
}

func TestSlowRedis(t *testing.T) {
	proxy, url := netproxy.New(t, servers.NewRedis(t))
	a := prepare(t, url, nil).start()
	a.put("image", "old")
	agree(a)
	stop := busy(a)
	proxy.Hold()
	a.saw("down")
	proxy.Release()
	a.saw("up")
	stop()
	a.lacks("image", "though it is older than the recovery")
}

// A request that reads many records waits for a slow Redis once.
func TestWaitsOnce(t *testing.T) {
	proxy, url := netproxy.New(t, servers.NewRedis(t))
	a := prepare(t, url, nil).start()
	a.get("image")
	proxy.Hold()
	start := time.Now()
	for range 20 {
		a.get("image")
	}
	if took := time.Since(start); took > maxWait { // 20 waits are 900 ms
		t.Errorf("it took %s", took)
	}
	proxy.Release()
}

// A Redis that never worked is reported once, with the reason and no secret.
func TestNeverWorked(t *testing.T) {
	s := servers.StartRedis(t)
	a := prepare(t, strings.Replace(s.URL, "redis://", "redis://gateway:s3cret@", 1), nil)
	a.Start()
	a.saw("down")
	// The first reason may be that Redis was slow.
	a.await("refused by Redis", func() bool { return strings.Contains(a.Status().Reason, "WRONGPASS") })
	if status := a.Status(); strings.Contains(status.Reason, "s3cret") {
		t.Errorf("the status is %+v", status)
	}
	stop := busy(a)
	time.Sleep(300 * time.Millisecond) // a few attempts
	stop()
	if n := a.count("down"); n != 1 {
		t.Errorf("sent %d times", n)
	}
	s.Do("ACL", "SETUSER", "gateway", "on", ">s3cret", "~*", "&*", "+@all")
	a.saw("up")
	if status := a.Status(); status.Reason != "" {
		t.Errorf("the status is %+v", status)
	}
}

// A gateway that does not receive its own messages does not use Redis, and says why.
func TestLostMessages(t *testing.T) {
	a := prepare(t, servers.NewRedis(t), hooked(swallow{}))
	a.Start()
	a.saw("down")
	// The first reason may be that Redis was slow.
	a.await("without messages", func() bool { return a.Status().Reason == "messages through Redis are lost" })
	if a.count("up") > 0 {
		t.Error("it was in use")
	}
}

// A change that Redis refuses once, and is well right afterwards.
func TestRefusedChange(t *testing.T) {
	s := servers.StartRedis(t)
	refuse := make(refuse, 1)
	a, b := prepare(t, s.URL, hooked(refuse)), start(t, s.URL)
	a.RaiseTimeout()
	acquainted(a.start(), b)
	for _, announce := range []bool{true, false} {
		a.put("image", "old")
		agree(a, b)
		refuse <- errors.New("refused")
		a.Invalidate([]string{"image"}, announce)
		a.lacks("image", "right after the change")
		b.holds("image", "old") // or this shows nothing
		a.saw("down")
		a.saw("up")
		agree(a, b)
		a.lacks("image", "after a change")
		b.lacks("image", "after a change")
	}
}

// hooked changes settings so that clients have a hook.
func hooked(hook redis.Hook) func(*shared.Config) {
	return func(c *shared.Config) {
		open := c.Open
		c.Open = func(check redisdb.Check) (redis.UniversalClient, error) {
			client, err := open(check)
			if err == nil {
				client.AddHook(hook)
			}
			return client, err
		}
	}
}

// swallow is a Redis that loses messages.
type swallow struct{}

func (swallow) DialHook(next redis.DialHook) redis.DialHook { return next }

func (swallow) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

func (swallow) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if cmd.Name() == "publish" {
			return nil
		}
		return next(ctx, cmd)
	}
}

// refuse has the errors of the next changes.
type refuse chan error

func (refuse) DialHook(next redis.DialHook) redis.DialHook { return next }

func (refuse) ProcessHook(next redis.ProcessHook) redis.ProcessHook { return next }

func (r refuse) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		if cmds[0].Name() == "unlink" {
			select {
			case err := <-r:
				return err
			default:
			}
		}
		return next(ctx, cmds)
	}
}

package redisdb_test

import (
	"context"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/netproxy"
	"github.com/glancegate/glancegate/integration/servers"
)

// A command without a limit of its own ends 10 s after the network has begun to
// swallow what is sent.
func TestConnectionsDoNotOutliveTheirNetwork(t *testing.T) {
	t.Parallel()
	wire := netproxy.NewWire(t)
	client := open(t, wire.Proxy(servers.StartRedis(t).URL))
	if err := client.Ping(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	wire.Swallow()
	const deadline = 40 * time.Second
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	defer cancel()
	start := time.Now()
	err := client.BLPop(ctx, 0, "list").Err()
	took := time.Since(start)
	t.Logf("%v after %v", err, took)
	if err == nil || took > deadline/2 {
		t.Errorf("%v after %v", err, took)
	}
}

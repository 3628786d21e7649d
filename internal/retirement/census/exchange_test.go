package census

import (
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/zap/zaptest"

	"github.com/glancegate/glancegate/cache/redisdb"
	"github.com/glancegate/glancegate/cache/seal"
	"github.com/glancegate/glancegate/integration/servers"
)

func TestMain(m *testing.M) { servers.Main(m) }

// Two nodes see the sum of both, also after one of them has gone, and nothing readable
// lies in Redis.
func TestNodesShareTheirCounts(t *testing.T) {
	url, err := redisdb.Parse(servers.NewRedis(t))
	if err != nil {
		t.Fatal(err)
	}
	sealer, err := seal.New([]byte("0123456789abcdef"), ExchangePurpose)
	if err != nil {
		t.Fatal(err)
	}
	start := func() *Census {
		client, err := url.Open()
		if err != nil {
			t.Fatal(err)
		}
		exchange := &Exchange{Client: client, Sealer: sealer, Key: t.Name(), Keep: 24 * time.Hour}
		return New(filepath.Join(t.TempDir(), "census.sqlite"), 24*time.Hour, exchange, zaptest.NewLogger(t))
	}
	one, two := start(), start()
	now := time.Now()
	one.pending.add(Call{Caller: node, At: now, Route: "images.show"})
	two.pending.add(Call{Caller: node, At: now, Route: "images.show"})
	two.pending.add(Call{Caller: Caller{Peer: "10.0.0.9", Kind: Script}, At: now, Route: "images.index"})
	if r := reportOf(t, one); len(r.Nodes) != 1 || r.Callers[0].Reads != 1 {
		t.Errorf("before anything is shared: %+v", r)
	}
	if err := two.Close(); err != nil { // which leaves its report
		t.Fatal(err)
	}
	r := reportOf(t, one)
	if len(r.Nodes) != 2 || len(r.Callers) != 2 {
		t.Fatalf("got %+v", r)
	}
	for _, s := range r.Callers {
		if want := map[string]int64{"10.0.0.7": 2, "10.0.0.9": 1}[s.Peer]; s.Reads != want {
			t.Errorf("%s: %d calls, want %d", s.Peer, s.Reads, want)
		}
	}
	fields, err := one.exchange.Client.HGetAll(t.Context(), t.Name()).Result()
	if err != nil || len(fields) != 1 {
		t.Fatalf("%v, %v", fields, err)
	}
	for name, value := range fields {
		if _, err := sealer.Open(name, []byte(value)); err != nil {
			t.Error(err)
		}
		if err := one.exchange.Client.HSet(t.Context(), t.Name(), "forged", value).Err(); err != nil {
			t.Fatal(err)
		}
	}
	if r, err := one.Report(t.Context()); err == nil || len(r.Callers) != 1 {
		t.Errorf("a forged report: %+v, %v", r, err)
	}
	if err := one.Close(); err != nil {
		t.Error(err)
	}
}

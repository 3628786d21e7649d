package census

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/kit"
)

func reportWith(peers ...string) *Report {
	r := new(Report)
	for _, peer := range peers {
		r.Callers = append(r.Callers, Summary{Caller: Caller{Peer: peer}})
	}
	return r
}

// Names are asked for once, in the background, and shown when they are there.
func TestNames(t *testing.T) {
	var asked atomic.Int64
	n := &Names{Lookup: func(_ context.Context, address string) ([]string, error) {
		asked.Add(1)
		if address == "10.0.0.2" {
			return nil, errors.New("no such host")
		}
		return []string{"z.example.com.", "node\x00.example.com."}, nil
	}}
	defer n.Close()
	r := reportWith("10.0.0.1", "10.0.0.2", "", "@")
	kit.Wait(t, "named", func() bool {
		n.Fill(r)
		return r.Callers[0].Name == "node?.example.com"
	})
	for range 10 {
		n.Fill(r)
	}
	if asked.Load() != 2 || r.Callers[1].Name != "" || r.Callers[2].Name != "" || r.Callers[3].Name != "" {
		t.Errorf("asked %d times: %+v", asked.Load(), r.Callers)
	}
}

// A DNS that does not answer holds up nothing, and is asked few questions at a time.
func TestNamesDoNotWait(t *testing.T) {
	var asked atomic.Int64
	n := &Names{Lookup: func(ctx context.Context, _ string) ([]string, error) {
		asked.Add(1)
		<-ctx.Done()
		return nil, ctx.Err()
	}}
	var peers []string
	for k := range 100 {
		peers = append(peers, fmt.Sprintf("10.0.0.%d", k))
	}
	start := time.Now()
	n.Fill(reportWith(peers...))
	n.Fill(reportWith(peers...))
	n.Close()
	if took := time.Since(start); took > lookupTimeout || asked.Load() > maxLookups {
		t.Errorf("took %v, %d questions", took, asked.Load())
	}
	n.Fill(reportWith(peers...))
	if asked.Load() > maxLookups {
		t.Error("asked after the end")
	}
}

func TestNamesAreBounded(t *testing.T) {
	n := new(Names)
	for k := range 3 * maxNames {
		n.keep(fmt.Sprint(k), peerName{})
		if len(n.known) > maxNames {
			t.Fatalf("%d names", len(n.known))
		}
	}
}

package benchmark

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// connectionsOfLoad is how many connections the load keeps open.
const connectionsOfLoad = 16

// load is what wrk saw within one turn.
type load struct {
	Requests float64            `json:"requests"`
	Seconds  float64            `json:"seconds"`
	Errors   float64            `json:"errors"`  // answers that were none, or no success
	Latency  map[string]float64 `json:"latency"` // by percentile, in microseconds
	Late     float64            `json:"late"`    // 99 % were sent no later behind their time, in microseconds
}

func (l load) rate() float64 { return l.Requests / l.Seconds }

// wrkScript sends ready-made requests in turn and prints a load as JSON.
const wrkScript = `
local requests = {
%s}
local at = 0
request = function()
	at = at %% #requests + 1
	return requests[at]
end
done = function(summary, latency, _)
	local e = summary.errors
	io.write(string.format('LOAD {"requests": %%d, "seconds": %%.6f, "errors": %%d, "latency": {"50": %%d, "99": %%d, "99.9": %%d}, "late": %%d}\n',
		summary.requests, summary.duration / 1e6, e.connect + e.read + e.write + e.status + e.timeout,
		latency:percentile(50), latency:percentile(99), latency:percentile(99.9), late and late() or 0))
end
`

// wrkSide writes the script for requests to a site, and returns what runs it for
// some time. Texts of requests are ASCII, whose quotes Go and Lua have in common.
func wrkSide(b *testing.B, baseURL string, texts [][]byte) func(length time.Duration) (load, error) {
	b.Helper()
	return wrk(b, baseURL, texts, connectionsOfLoad, "")
}

// wrk is wrkSide with so many connections and more of a script.
func wrk(b *testing.B, baseURL string, texts [][]byte, connections int, more string) func(length time.Duration) (load, error) {
	b.Helper()
	var lines strings.Builder
	for _, text := range texts {
		lines.WriteString("\t" + strconv.QuoteToASCII(string(text)) + ",\n")
	}
	script := filepath.Join(b.TempDir(), "requests.lua")
	if err := os.WriteFile(script, append(fmt.Appendf(nil, wrkScript, &lines), more...), 0o600); err != nil {
		b.Fatal(err)
	}
	return func(length time.Duration) (load, error) {
		ctx, cancel := context.WithTimeout(b.Context(), length+time.Minute)
		defer cancel()
		out, err := exec.CommandContext(ctx, "wrk", "--threads", "1", "--connections", strconv.Itoa(connections),
			"--duration", strconv.Itoa(int(length.Seconds()))+"s", "--timeout", "30s", "--script", script, baseURL).CombinedOutput()
		if err != nil {
			return load{}, fmt.Errorf("wrk: %w\n%s", err, out)
		}
		_, text, found := strings.Cut(string(out), "LOAD ")
		var l load
		if err := json.Unmarshal([]byte(text), &l); !found || err != nil {
			return load{}, fmt.Errorf("wrk: no result (%w) in\n%s", err, out)
		}
		if l.Errors > 0 || l.Requests == 0 {
			return load{}, fmt.Errorf("wrk: %.0f of %.0f requests failed", l.Errors, l.Requests)
		}
		return l, nil
	}
}

// loaded is what takes turns with others. Its rate is in requests a second.
type loaded struct {
	name string
	run  func(time.Duration) (load, error)
	rate float64
}

const (
	shortTurns = 3
	shortTurn  = 5 * time.Second
)

// inTurns loads the sides one after another, a few times, and sets their rates.
func inTurns(b *testing.B, sides []loaded) {
	b.Helper()
	for n := range sides {
		sides[n].rate = 0
	}
	for range shortTurns {
		for n := range sides {
			l, err := sides[n].run(shortTurn)
			if err != nil {
				b.Fatalf("%s: %v", sides[n].name, err)
			}
			sides[n].rate += l.rate() / shortTurns
		}
	}
}

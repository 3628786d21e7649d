package benchmark

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/gateways"
	"github.com/glancegate/glancegate/integration/servers"
)

// shareOfPeak is the load at which latencies are measured.
const shareOfPeak = 0.6

// latencies loads the cached gateway with a share of what it served at its peak, and
// respond with as many requests, in turn.
func latencies(b *testing.B, db *servers.Database, s *section, url string) (rows []row) {
	b.Helper()
	for _, m := range measures() {
		k := slices.IndexFunc(s.rows, func(r row) bool { return r.name == m.name })
		if strings.HasSuffix(m.name, closingTarget) || k < 0 {
			continue
		}
		responds := gateways.Start(b, options, respondingWith(bodyOf(b, db, m.requests[0]))).URLs[0]
		rate := shareOfPeak * s.rows[k].rate(cachedTarget)
		order := []string{cachedTarget, respondTarget}
		runners := map[string]runner{
			cachedTarget:  atRate(b, url, wires(b, url, m.requests, false), rate),
			respondTarget: atRate(b, responds, wires(b, responds, m.requests, false), rate),
		}
		rows = append(rows, row{m.name, takeTurns(b, order, runners)})
	}
	return rows
}

// atRateHead is the head of the table of latencies, atRateLine a line of it.
const atRateHead = "| | | requests/s | p50 | p99 | p99.9 | p99 / p50 | sent late, p99 |\n|---|---|---|---|---|---|---|---|\n"

func (r row) atRateLine(target string) string {
	ratio := median(r.loads[target], func(l load) float64 { return l.Latency["99"] / l.Latency["50"] })
	late := median(r.loads[target], func(l load) float64 { return l.Late })
	return fmt.Sprintf("| %s | %s | %.0f | %s | %s | %s | %.1f | %s |\n", r.name, target, r.rate(target),
		r.latency(target, "50"), r.latency(target, "99"), r.latency(target, "99.9"), ratio, time.Duration(late)*time.Microsecond)
}

// connectionsAtRate are so many that one is free whenever a request is due, unless the
// server is far behind.
const connectionsAtRate = 64

// delayScript lets requests wait until they are due: a fixed number a second over all
// connections. wrk waits for whole milliseconds, of which the fraction is drawn, so
// that requests do not all come at the same moments. It counts how late requests are
// sent, in tenths of a millisecond: where that is much, latencies leave something out.
const delayScript = `
local ffi = require("ffi")
ffi.cdef("typedef struct { long s, ns; } moment; int clock_gettime(int, moment *);")
local moment, monotonic = ffi.new("moment"), 1
local function now()
	ffi.C.clock_gettime(monotonic, moment)
	return tonumber(moment.s) * 1e3 + tonumber(moment.ns) / 1e6
end
local due, first, last, at = {}, 1, 0, nil
lateness = {}
delay = function()
	local t = now()
	at = (at or t) + %f
	last = last + 1
	due[last] = at
	return math.max(0, math.floor(at - t + math.random()))
end
local following = request
request = function()
	if due[first] then
		local n = math.floor(math.max(0, now() - due[first]) * 10)
		lateness[n] = (lateness[n] or 0) + 1
		due[first] = nil
		first = first + 1
	end
	return following()
end
setup = function(thread) worker = thread end
late = function()
	local counts, all, seen, steps = worker:get("lateness"), 0, 0, {}
	for n, count in pairs(counts) do
		all = all + count
		table.insert(steps, n)
	end
	table.sort(steps)
	for _, n in ipairs(steps) do
		seen = seen + counts[n]
		if seen >= all * 0.99 then return (n + 1) * 100 end
	end
	return 0
end
`

// atRate runs wrk with a fixed number of requests a second, as users send them: also
// while earlier ones are not answered yet. A client in Go takes as much of the cores
// as the server does, and measures itself.
func atRate(b *testing.B, baseURL string, texts [][]byte, rate float64) func(time.Duration) (load, error) {
	b.Helper()
	return wrk(b, baseURL, texts, connectionsAtRate, fmt.Sprintf(delayScript, 1e3/rate))
}

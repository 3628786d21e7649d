package scenario

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Bounds are what a scenario promises. Zero values bound nothing, but for
// Recovery, which is 5 s.
type Bounds struct {
	Failures []string      // how requests may fail meanwhile; none: no request fails
	Recovery time.Duration // from the end of the fault to that of the last failure
	Longest  time.Duration // any request
	Peak     int64         // resident memory of the gateway, in bytes
}

// Unavailable are the failures that say what is wrong, Gone those of clients whose
// gateway ends: it refuses connections, or leaves them without an answer.
var (
	Unavailable = []string{"503", "rpc unavailable"}
	Gone        = []string{"refused", "broken"}
)

const maxRecovery = 5 * time.Second

// End stops the clients, compares the database with the ledger, prints a line
// about the whole and checks the bounds. peak is the most memory of a gateway.
func (l *Load) End(name string, peak int64, b Bounds) {
	l.t.Helper()
	l.halt()
	lost := l.readBack()
	time.Sleep(l.age)
	l.sweep()
	codes := map[string]int{}
	var recovery time.Duration
	for _, f := range l.failures {
		codes[f.why]++
		if w := l.during(f); w != nil && !w.over.IsZero() {
			recovery = max(recovery, f.ended.Sub(w.over))
		}
	}
	l.t.Logf("%-32s %-10s | %6d requests, %6d writes acknowledged | %5d failed%s | longest %6.2f s, recovery %5.2f s | peak %4d MiB | lost %d, wrong %d",
		name, l.db.Dialect, l.requests.Load(), l.acked.Load(), len(l.failures), list(codes), l.longest.Seconds(), recovery.Seconds(),
		peak>>20, lost, l.wrong.Load())
	l.checkFailures(b)
	if b.Recovery == 0 {
		b.Recovery = maxRecovery
	}
	if recovery > b.Recovery {
		l.t.Errorf("requests failed for %v after the fault; promised are %v", recovery, b.Recovery)
	}
	if b.Longest > 0 && l.longest > b.Longest {
		l.t.Errorf("%s took %v; promised are %v", l.slowest, l.longest, b.Longest)
	}
	if b.Peak > 0 && peak > b.Peak {
		l.t.Errorf("the gateway had %d MiB; promised are %d", peak>>20, b.Peak>>20)
	}
}

func list(codes map[string]int) string {
	var parts []string
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		parts = append(parts, fmt.Sprintf("%d %s", codes[code], code))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// checkFailures reports requests that failed in a way or at a time in which they
// should not.
func (l *Load) checkFailures(b Bounds) {
	l.t.Helper()
	reported := 0
	for _, f := range l.failures {
		w := l.during(f)
		if w != nil && slices.Contains(b.Failures, f.why) {
			continue
		}
		if reported++; reported > maxComplaints {
			continue
		}
		since := "before anything was broken"
		if w != nil {
			since = fmt.Sprintf("%v after the fault began", f.ended.Sub(w.began))
		}
		l.t.Errorf("%s after %v, %s: %s", f.why, f.ended.Sub(f.began), since, f.what)
	}
	if reported > maxComplaints {
		l.t.Errorf("and %d more", reported-maxComplaints)
	}
}

// during is the last fault that had begun when a request failed, or nil.
func (l *Load) during(f failed) *window {
	for n := len(l.faults) - 1; n >= 0; n-- {
		if w := &l.faults[n]; !f.ended.Before(w.began) {
			return w
		}
	}
	return nil
}

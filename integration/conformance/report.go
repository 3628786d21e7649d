package conformance

import (
	"sync"

	"github.com/glancegate/glancegate/integration/servers"
)

// Report collects outcomes over several calls of Run.
type Report struct {
	mu     sync.Mutex
	passed map[string]map[servers.Kind]bool // by case
}

func (r *Report) note(id string, dialect servers.Kind, passed bool) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.passed == nil {
		r.passed = map[string]map[servers.Kind]bool{}
	}
	if r.passed[id] == nil {
		r.passed[id] = map[servers.Kind]bool{}
	}
	r.passed[id][dialect] = passed
}

// Stale gives the entries that have no reason to stay: every case they cover
// that was run has passed, on all three databases. Entries whose cases were not
// run on all of them are not judged.
func (r *Report) Stale(list Deviations) Deviations {
	r.mu.Lock()
	defer r.mu.Unlock()
	var stale Deviations
	for _, d := range list {
		run, needed := false, false
		for id, passed := range r.passed {
			if !d.covers(id) {
				continue
			}
			run = true
			for _, dialect := range servers.Dialects {
				needed = needed || !passed[dialect]
			}
		}
		if run && !needed {
			stale = append(stale, d)
		}
	}
	return stale
}

package shadow

import (
	"fmt"
	"slices"
	"time"
)

// Report is what the comparisons with one old service found.
type Report struct {
	Old   string    `json:"old"` // its URL
	Serve string    `json:"serve"`
	Since time.Time `json:"since"`

	// Compared is how many calls were compared; a request over RPC may have several. Names
	// is of how many routes and commands they are, and Different how many differed.
	Compared  int64 `json:"compared"`
	Names     int   `json:"names"`
	Different int64 `json:"different"`

	// Below bounds the share of calls that differ, with a confidence of 95 %; null where
	// some do, or nothing was compared.
	Below *float64 `json:"rate_below"`

	Calls   map[string]*Call `json:"calls"`
	Allowed map[string]int64 `json:"allowed"`
	Skipped map[string]int64 `json:"skipped"`

	Service State `json:"service"`
	Waiting int   `json:"waiting"` // requests that are still to be compared

	Samples []*Sample `json:"samples"` // the newest first
}

// ruleOfThree: where none of N differ, at most this through N do, with a confidence of 95 %.
const ruleOfThree = 3

// Report sums a ledger up.
func (l *Ledger) Report() *Report {
	l.mu.Lock()
	defer l.mu.Unlock()
	counts := l.current.clone()
	r := &Report{
		Since: l.since.UTC().Truncate(time.Second), Names: len(counts.Calls), Calls: counts.Calls, Allowed: counts.Allowed,
		Skipped: counts.Skipped, Samples: append([]*Sample{}, l.samples...),
	}
	slices.Reverse(r.Samples)
	for _, call := range r.Calls {
		r.Compared += call.Compared
		r.Different += call.Different
	}
	if r.Compared > 0 && r.Different == 0 {
		r.Below = new(min(1, ruleOfThree/float64(r.Compared)))
	}
	return r
}

// Summary is the outcome in a sentence.
func (r *Report) Summary() string {
	if r.Compared == 0 {
		return "nothing was compared yet"
	}
	text := plural(r.Compared, "call") + " of " + plural(int64(r.Names), "kind") + " compared, " + plural(r.Different, "difference")
	switch {
	case r.Different > 0:
		return text + fmt.Sprintf(" (1 in %d)", r.Compared/r.Different)
	case r.Compared <= ruleOfThree:
		return text + ": too few to conclude anything"
	}
	return text + fmt.Sprintf(": with 95 %% confidence, fewer than 1 in %d such calls differ", r.Compared/ruleOfThree)
}

func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

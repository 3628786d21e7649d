package conformance

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/servers"
)

// Target is what is put to the test.
type Target struct {
	BaseURLs []string          // http://host:port; with several, each request goes to the next
	DB       *servers.Database // behind all of them; everything in Glance's tables is lost
}

// Options say how.
type Options struct {
	Known  Deviations // cases that may fail
	Report *Report    // where outcomes are noted, if anywhere

	// Loaded is called when rows were changed behind the gateway, Written after
	// a request that may have changed some; nil: nothing has to be done then.
	Loaded, Written func() error
}

// maxSilent is after how many cases without any answer Run gives up.
const maxSilent = 5

// Run replays cases, each as a subtest named by its id, and logs a summary. Where
// the tables differ from the record, cases are skipped that they can't serve; it
// returns how many were played.
func Run(t *testing.T, target Target, cases []*Case, options Options) (played int) {
	ctx := context.Background()
	store, err := newStore(ctx, target.DB)
	if err != nil {
		t.Fatal(err)
	}
	defer store.close()
	p := &player{rows: store, dialect: target.DB.Dialect, loaded: options.Loaded, written: options.Written}
	defer p.hangUp()
	if err := p.dial(target.BaseURLs); err != nil {
		t.Fatal(err)
	}
	var sum tally
	start, silent := time.Now(), 0
	for _, c := range cases {
		if silent >= maxSilent {
			t.Fatal("the gateway does not answer")
		}
		t.Run(c.ID, func(t *testing.T) {
			err := p.play(ctx, c)
			if errors.Is(err, errSilent) {
				silent++
			} else {
				silent = 0
			}
			var skipped *notApplicable
			if errors.As(err, &skipped) {
				sum.skip(skipped.reason)
				t.Skip(err)
			}
			deviation := options.Known.Find(c.ID)
			options.Report.note(c.ID, target.DB.Dialect, err == nil)
			sum.add(c, err, deviation)
			switch {
			case err == nil:
			case deviation != nil:
				t.Logf("deviation %d, %s: %v", deviation.Number, deviation.Reason, err)
			default:
				t.Error(err)
			}
		})
	}
	t.Logf("%s: %v in %.1f s", target.DB.Dialect, sum, time.Since(start).Seconds())
	return sum.cases
}

// Play replays one case. The error says what went wrong.
func Play(ctx context.Context, target Target, c *Case) error {
	store, err := newStore(ctx, target.DB)
	if err != nil {
		return err
	}
	defer store.close()
	p := &player{rows: store, dialect: target.DB.Dialect}
	defer p.hangUp()
	if err := p.dial(target.BaseURLs); err != nil {
		return err
	}
	return p.play(ctx, c)
}

// tally counts outcomes.
type tally struct {
	cases, steps, passed, deviating, failed int
	skipped                                 map[string]int // by reason
}

func (s *tally) skip(reason string) {
	if s.skipped == nil {
		s.skipped = map[string]int{}
	}
	s.skipped[reason]++
}

func (s *tally) add(c *Case, err error, known *Deviation) {
	s.cases++
	s.steps += len(c.Steps)
	switch {
	case err == nil:
		s.passed++
	case known != nil:
		s.deviating++
	default:
		s.failed++
	}
}

func (s tally) String() string {
	text := fmt.Sprintf("%d cases with %d steps: %d passed, %d deviate as listed, %d failed",
		s.cases, s.steps, s.passed, s.deviating, s.failed)
	for _, reason := range slices.Sorted(maps.Keys(s.skipped)) {
		text += fmt.Sprintf("; %d skipped: it %s", s.skipped[reason], reason)
	}
	return text
}

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

// Deviation is a case that is meant to fail, because the gateway deviates from
// the original on purpose.
type Deviation struct {
	Case   string `json:"case"`      // an id, or the beginning of some with a * behind it
	Number int    `json:"deviation"` // in docs/deviations.md
	Reason string `json:"reason"`    // what the gateway does instead
}

// Deviations is a list of them.
type Deviations []Deviation

//go:embed deviations.json
var deviations []byte

// LoadDeviations reads the list in deviations.json.
func LoadDeviations() (Deviations, error) {
	d := json.NewDecoder(bytes.NewReader(deviations))
	d.DisallowUnknownFields()
	var list Deviations
	return list, d.Decode(&list)
}

// Find gives the entry for a case, nil if there is none.
func (list Deviations) Find(id string) *Deviation {
	for i := range list {
		if list[i].covers(id) {
			return &list[i]
		}
	}
	return nil
}

func (d Deviation) covers(id string) bool {
	if prefix, isPrefix := strings.CutSuffix(d.Case, "*"); isPrefix {
		return strings.HasPrefix(id, prefix)
	}
	return id == d.Case
}

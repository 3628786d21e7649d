package retired

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration"
	"github.com/glancegate/glancegate/integration/conformance"
	"github.com/glancegate/glancegate/integration/servers"
)

const (
	untilBrownout = 6 * time.Second // in which the sites start and play a sequence
	brownout      = 4 * time.Second // in which a sequence is played while both nodes refuse
	clocksDiffer  = time.Second
)

// Recorded sequences of v1 and RPC, with requests that take turns between two nodes whose
// clocks differ by a second: they fail in a brownout with its text and nothing else, and
// work as recorded before and after. A node whose clock is a second fast begins and ends
// each brownout a second early, so the second one has it planned so.
func TestSequencesInBrownout(t *testing.T) {
	cases := sequences(t)
	db := servers.NewDatabase(t, servers.SQLite)
	begin := time.Now().Add(untilBrownout + clocksDiffer).Truncate(time.Second)
	site := func(node int, begin time.Time) string {
		return fmt.Sprintf("glance_registry {\ndatabase `%s`\nidentity trusted\ncompatible_with train\nretire {\nbrownout %s %s\n}\n}",
			integration.NodeURL(db.URL, node), begin.UTC().Format(time.RFC3339), brownout)
	}
	target := conformance.Target{DB: db, BaseURLs: integration.StartSites(t, "", site(0, begin), site(1, begin.Add(-clocksDiffer)))}
	first, last := begin.Add(-clocksDiffer), begin.Add(brownout) // refusals of any node are in between
	both := begin.Add(brownout - clocksDiffer)                   // from begin until then both refuse
	var before, within, after int
	for n := 0; time.Now().Before(last.Add(time.Second)) || after < len(cases); n++ {
		c := cases[n%len(cases)]
		sent := time.Now()
		err := conformance.Play(t.Context(), target, c)
		answered := time.Now()
		switch {
		case answered.Before(first):
			before++
		case sent.After(last):
			after++
		case sent.After(begin) && answered.Before(both):
			within++
			if err == nil {
				t.Errorf("%s: played from %v to %v, while both nodes have a brownout", c.ID, sent, answered)
			}
			continue
		default: // one of the nodes may refuse
			if err == nil {
				continue
			}
		}
		if err == nil {
			continue
		}
		outside := answered.Before(first) || sent.After(last)
		if clean := strings.Contains(err.Error(), "got 503: The image registry is going to be switched off. This is a planned interruption"); outside || !clean {
			t.Errorf("%s, from %v to %v: %v", c.ID, sent, answered, err)
		}
	}
	if before == 0 || within == 0 {
		t.Errorf("%d sequences before the brownout, %d within", before, within)
	}
	t.Logf("%d sequences before, %d within, %d after", before, within, after)
}

// sequences are recorded sequences of reads and writes whose answers do not deviate.
func sequences(t *testing.T) []*conformance.Case {
	t.Helper()
	deviations, err := conformance.LoadDeviations()
	if err != nil {
		t.Fatal(err)
	}
	const enough = 12
	count := 0
	cases, err := conformance.Load(func(c *conformance.Case) bool {
		if !strings.HasPrefix(c.Group, "random.") || c.Dataset != "small" || c.OracleFault || deviations.Find(c.ID) != nil || count == enough {
			return false
		}
		count++
		return true
	})
	if err != nil || len(cases) != enough {
		t.Fatalf("%d sequences, %v", len(cases), err)
	}
	return cases
}

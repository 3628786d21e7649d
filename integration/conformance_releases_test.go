package integration

import (
	"hash/fnv"
	"os"
	"strconv"
	"testing"

	"github.com/glancegate/glancegate/integration/conformance"
	"github.com/glancegate/glancegate/integration/schema"
	"github.com/glancegate/glancegate/integration/servers"
)

// sampleOf is how many samples the cases make on each schema, of which one run
// plays one.
const sampleOf = 25

// TestConformanceOnReleases replays the recorded requests on the schema of every
// release. What a release lacks reads as its default; cases that need it are
// skipped by rule, and on Mitaka and Newton those about images whose rights
// differ where there is no visibility.
func TestConformanceOnReleases(t *testing.T) {
	all, known := recordings(t)
	turn, whole := sampling(t)
	for n, name := range schema.Names {
		t.Run(name, func(t *testing.T) {
			for m, dialect := range servers.Dialects {
				t.Run(string(dialect), func(t *testing.T) {
					cases := sample(all, turn+n*len(servers.Dialects)+m, whole)
					db := servers.NewRelease(t, dialect, name)
					url := StartGateway(t, registryOn(db))
					played := conformance.Run(t, conformance.Target{BaseURLs: []string{url}, DB: db}, cases,
						conformance.Options{Known: known})
					if least := floorOf(name); played*100 < least*len(cases) {
						t.Errorf("%d of %d cases were played, want %d %%", played, len(cases), least)
					}
				})
			}
		})
	}
}

// sampling is the number of the sample that this run plays, from SAMPLE in the
// environment, or 0; with FULL=1 everything is played in its place.
func sampling(t *testing.T) (turn int, whole bool) {
	t.Helper()
	if text := os.Getenv("SAMPLE"); text != "" {
		var err error
		if turn, err = strconv.Atoi(text); err != nil || turn < 0 {
			t.Fatalf("SAMPLE=%s is not the number of a sample", text)
		}
	}
	t.Logf("sample %d: SAMPLE=%d repeats it", turn, turn)
	return turn, os.Getenv("FULL") == "1"
}

// sample is the part of the cases whose turn it is.
func sample(all []*conformance.Case, turn int, whole bool) []*conformance.Case {
	if whole {
		return all
	}
	var part []*conformance.Case
	for _, c := range all {
		h := fnv.New32a()
		_, _ = h.Write([]byte(c.ID))
		if int(h.Sum32()%sampleOf) == turn%sampleOf {
			part = append(part, c)
		}
	}
	return part
}

// floorOf is how many of a hundred cases a schema has to serve. A sample may have
// a few less than all cases, of which it is 64, 94 and 100.
func floorOf(name string) int {
	switch name {
	case "mitaka", "newton":
		return 50
	case "ocata-expanded", "ocata", "pike", "queens":
		return 85
	}
	return 100
}

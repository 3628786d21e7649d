package integration

import (
	"fmt"
	"hash/fnv"
	"os"
	"strconv"
	"testing"

	"github.com/glancegate/glancegate/integration/cachetest"
	"github.com/glancegate/glancegate/integration/conformance"
	"github.com/glancegate/glancegate/integration/schema"
	"github.com/glancegate/glancegate/integration/servers"
)

func TestMain(m *testing.M) { servers.Main(m) }

// TestConformance replays all recorded requests on every database. One case on one database:
//
//	go test ./integration -run 'TestConformance/mysql/v1.images.show.x.001'
func TestConformance(t *testing.T) {
	all, known := recordings(t)
	cases := watched(t, all)
	var report conformance.Report
	servers.EachDatabase(t, func(t *testing.T, db *servers.Database) {
		url := StartGateway(t, registryOn(db))
		conformance.Run(t, conformance.Target{BaseURLs: []string{url}, DB: db}, cases,
			conformance.Options{Known: known, Report: &report})
	})
	if len(cases) < len(all) {
		return // not enough to judge the list of deviations
	}
	for _, d := range report.Stale(known) {
		t.Errorf("deviations.json: %s does not deviate on any database", d.Case)
	}
}

// registryOn is a site that serves a database to trusted callers, like the
// registry that was recorded.
func registryOn(db *servers.Database) string {
	return fmt.Sprintf("glance_registry {\ndatabase `%s`\nidentity trusted\ncompatible_with train\n}", db.URL)
}

// recordings are all cases, and the deviations that are known.
func recordings(t *testing.T) ([]*conformance.Case, conformance.Deviations) {
	t.Helper()
	cases, err := conformance.Load(func(*conformance.Case) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	known, err := conformance.LoadDeviations()
	if err != nil {
		t.Fatal(err)
	}
	return cases, known
}

// TestConformanceCached replays all recorded requests against gateways that keep
// answers for an hour, so that whatever a change does not drop is seen: one that
// has a cache of its own, one with Redis, and two that share a Redis and take
// turns. Each is played on another database in a run; FULL=1 in the environment plays
// them on all.
func TestConformanceCached(t *testing.T) {
	all, known := recordings(t)
	cases := watched(t, all)
	first, whole := sampling(t)
	for turn, mode := range []struct {
		name  string
		nodes int
		redis bool
	}{{"local", 1, false}, {"redis", 1, true}, {"nodes", 2, true}} {
		t.Run(mode.name, func(t *testing.T) {
			for n, dialect := range servers.Dialects {
				if !whole && n != (first+turn)%len(servers.Dialects) {
					continue
				}
				t.Run(string(dialect), func(t *testing.T) {
					db := servers.NewDatabase(t, dialect)
					redis := ""
					if mode.redis {
						redis = "redis " + servers.NewRedis(t)
					}
					urls, admin := StartCached(t, db, mode.nodes, "ttl 1h\n"+redis)
					conformance.Run(t, conformance.Target{BaseURLs: urls, DB: db}, cases, conformance.Options{
						Known:   known,
						Loaded:  func() error { return purged(admin) },
						Written: func() error { return admin.Await("settled", cachetest.Settled) },
					})
				})
			}
		})
	}
}

// purged empties all caches and waits until they are in use again.
func purged(admin cachetest.Admin) error {
	if err := admin.Purge(); err != nil {
		return err
	}
	return admin.Await("settled", cachetest.Settled)
}

// watched is the cases of a run on the schema of Train: all of them, or a sample where the
// race detector makes each take four times as long. "make test RACE=1" plays them all
// without it, too.
func watched(t *testing.T, all []*conformance.Case) []*conformance.Case {
	turn, whole := sampling(t)
	return sample(all, turn, samplesUnderRace, whole || !raceDetector)
}

// How many samples the cases make, of which a run plays one: on the schema of each
// release, and under the race detector.
const (
	samplesOfReleases = 25
	samplesUnderRace  = 5
)

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
					cases := sample(all, turn+n*len(servers.Dialects)+m, samplesOfReleases, whole)
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

// sample is the part of the cases whose turn it is, of several that are as large.
func sample(all []*conformance.Case, turn, parts int, whole bool) []*conformance.Case {
	if whole {
		return all
	}
	var part []*conformance.Case
	for _, c := range all {
		h := fnv.New32a()
		_, _ = h.Write([]byte(c.ID))
		if int(h.Sum32()%uint32(parts)) == turn%parts {
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

package coherence

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/cachetest"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/servers"
)

const (
	writesPerSecond = 20                    // at most
	listPause       = 15 * time.Millisecond // leaves the cores to the writer and to the feed

	// listsPerWrite are as many lists as a machine with nothing else to do reads between
	// two writes; one that takes longer for them writes less often, too. If every write
	// cost a hit, two thirds would be left.
	listsPerWrite = 3

	// minLists are enough for a share of them.
	minLists = 250

	// minHits is a little less than what docs/cache.md says of lists of projects that
	// change nothing: on a busy machine more lists meet a commit that is under way.
	minHits = 0.75
)

// Lists of a project stay in the cache while another one writes, through a gateway or
// in SQL. A SQLite file does not tell what was written.
func TestListsOutliveTheWritesOfOtherProjects(t *testing.T) {
	servers.EachDatabase(t, func(t *testing.T, db *servers.Database) {
		if db.Dialect == servers.SQLite {
			t.Skip("changes of a SQLite file concern every list")
		}
		l, _ := start(t, db, "changes\ndebug_header\nredis "+servers.NewRedis(t))
		l.createOwned(throughGateway, 0, "p")
		l.createOwned(throughGateway, 1, "q")
		l.createOwned(inSQL, 0, "q")
		// A machine with other things to do holds a commit back, and the lists with it, but
		// hardly three times.
		rate := 0.0
		for attempt := 0; attempt < 3 && rate < minHits; attempt++ {
			rate = l.hitsWhileOthersWrite()
		}
		if rate < minHits {
			t.Errorf("%.1f %% are too few", 100*rate)
		}
	})
}

// hitsWhileOthersWrite is the share of the lists of a project that are hits, at the node
// with fewer of them.
func (l *load) hitsWhileOthersWrite() (least float64) {
	l.t.Helper()
	stop := make(chan struct{})
	written := make(chan int)
	pace := kit.NewPace(time.Second/writesPerSecond, listsPerWrite)
	go func() { written <- pace.Follow(stop, l.writeForeign) }()
	outcomes := make([]map[string]int, len(l.nodes))
	for n, end := 0, time.Now().Add(*length/2); n < minLists || time.Now().Before(end); n++ {
		time.Sleep(listPause)
		for node, url := range l.nodes {
			if outcomes[node] == nil {
				outcomes[node] = map[string]int{}
			}
			outcomes[node][l.listOf(url, "p", imageID(throughGateway, 0))]++
		}
		pace.Step()
	}
	close(stop)
	l.t.Logf("%d writes of another project", <-written)
	least = 1
	for node, outcomes := range outcomes {
		all := 0
		for _, n := range outcomes {
			all += n
		}
		rate := float64(outcomes["hit"]) / float64(all)
		l.t.Logf("node %d: %.1f %% of %d lists are hits: %v", node, 100*rate, all, outcomes)
		least = min(least, rate)
	}
	return least
}

// createOwned makes a private image of a project.
func (l *load) createOwned(way, n int, owner string) {
	l.t.Helper()
	body := fmt.Sprintf(`{"image": {"id": %q, "name": "0", "status": "active", "owner": %q, "is_public": false,
		"disk_format": "raw", "container_format": "bare"}}`, imageID(way, n), owner)
	if _, err := cachetest.Send(l.t.Context(), http.DefaultClient, http.MethodPost, l.nodes[0]+"/images", body); err != nil {
		l.t.Fatal(err)
	}
	l.written[way][n].Ack(0)
}

// writeForeign writes to the images of q, in both ways in turn.
func (l *load) writeForeign(n int) {
	var err error
	if value := 1 + n/2; n%2 == 0 {
		_, err = cachetest.Send(l.t.Context(), http.DefaultClient, http.MethodPut, l.nodes[0]+"/images/"+imageID(throughGateway, 1),
			fmt.Sprintf(`{"image": {"name": "%d"}}`, value))
	} else {
		err = l.exec(0, value)
	}
	if err != nil {
		l.fail(err)
	}
}

// listOf lists the images of a project, which has one, and returns where the list came
// from.
func (l *load) listOf(url, project, id string) (outcome string) {
	l.t.Helper()
	a, err := kit.Request{Method: http.MethodGet, URL: url + "/images/detail", Header: kit.Trusted(project, "member")}.Send(l.t.Context())
	switch {
	case err != nil:
		l.t.Fatal(err)
	case a.StatusCode != http.StatusOK || strings.Count(string(a.Text), `"checksum"`) != 1 || !strings.Contains(string(a.Text), id):
		l.t.Fatalf("the list of %s: %s %s", project, a.Status, a.Text)
	}
	return a.Header.Get("X-Glance-Registry-Cache")
}

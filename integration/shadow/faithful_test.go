package shadow

import (
	"fmt"
	"hash/fnv"
	"net/http"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/conformance"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/internal/retirement/shadow"
)

// faithful fails where a difference was found.
func faithful(t *testing.T, r *shadow.Report, least int64) {
	t.Helper()
	if r.Compared < least || r.Different != 0 || r.Below == nil {
		t.Errorf("%s; skipped %v, allowed %v", r.Summary(), r.Skipped, r.Allowed)
		for _, s := range r.Samples {
			t.Errorf("%s %s %s: %+v", s.Request.Method, s.Request.Path, s.Request.Body, s.Differences)
		}
	}
}

// sampleOf is how many samples the recordings make, of which a run plays one; FULL=1 plays all.
const sampleOf = 40

// The recordings of a real registry are answered the same through a shadow, whoever
// answers, and no difference is found between two gateways.
func TestRecordings(t *testing.T) {
	turn, _ := strconv.Atoi(os.Getenv("SAMPLE"))
	cases, err := conformance.Load(func(c *conformance.Case) bool {
		h := fnv.New32a()
		_, _ = h.Write([]byte(c.ID))
		return os.Getenv("FULL") == "1" || int(h.Sum32()%sampleOf) == turn%sampleOf
	})
	if err != nil {
		t.Fatal(err)
	}
	deviations, err := conformance.LoadDeviations()
	if err != nil {
		t.Fatal(err)
	}
	for _, serve := range []string{"new", "old"} {
		t.Run(serve, func(t *testing.T) {
			p := newPair(t, serve)
			p.reset()
			// Rows are loaded behind the two, so each comparison must have ended before.
			settled := func() error {
				kit.Wait(t, "idle", func() bool { return p.reportNow().Waiting == 0 })
				return nil
			}
			conformance.Run(t, conformance.Target{BaseURLs: []string{p.url}, DB: p.db}, cases,
				conformance.Options{Known: deviations, Loaded: settled})
			faithful(t, p.report(int64(len(cases)/2)), int64(len(cases)/4))
		})
	}
}

// While clients write, no difference is found: a row that changes between the two readings
// is none.
func TestNoFalseAlarm(t *testing.T) {
	for _, serve := range []string{"new", "old"} {
		t.Run(serve, func(t *testing.T) {
			p := newPair(t, serve, "cache")
			p.load()
			image := p.anImage()
			end := time.Now().Add(2 * time.Second)
			var clients sync.WaitGroup
			var requests atomic.Int64
			for n := range 2 {
				clients.Go(func() {
					for round := 0; time.Now().Before(end); round++ {
						p.send(http.MethodPut, "/images/"+image, fmt.Sprintf(`{"image": {"name": "%d-%d", "properties": {"p": "%d"}}}`, n, round, round))
						p.call("image_tag_set_all", fmt.Sprintf(`{"image_id": "%s", "tags": ["a%d", "b"]}`, image, round))
					}
				})
				clients.Go(func() {
					for time.Now().Before(end) {
						p.reads(image)
						requests.Add(readCalls)
					}
				})
			}
			clients.Wait()
			kit.Wait(t, "idle", func() bool { return p.reportNow().Waiting == 0 })
			r := p.report(requests.Load() / 20)
			faithful(t, r, 3)
			t.Logf("%s; skipped %v, allowed %v", r.Summary(), r.Skipped, r.Allowed)
		})
	}
}

// Writes go to the old registry only, and the rows that they leave are compared.
func TestWritesAreReadBack(t *testing.T) {
	p := newPair(t, "old")
	p.load()
	image := p.anImage()
	writes := p.old.writes.Load()
	for n, write := range []func(){
		func() {
			p.send(http.MethodPost, "/images", `{"image": {"name": "new", "status": "queued", "is_public": false, "properties": {"a": "b"}}}`)
		},
		func() { p.send(http.MethodPut, "/images/"+image, `{"image": {"name": "changed"}}`) },
		func() { p.send(http.MethodPut, "/images/"+image+"/members/m", `{"member": {"can_share": true}}`) },
		func() { p.call("image_tag_set_all", `{"image_id": "`+image+`", "tags": ["x", "y"]}`) },
		func() { p.call("image_update", `{"image_id": "`+image+`", "values": {"min_disk": 3}}`) },
		func() { p.send(http.MethodDelete, "/images/"+image, nil) },
	} {
		write()
		p.report(int64(n + 1)) // before the next one changes the same
	}
	if got := p.old.writes.Load() - writes; got != 4 {
		t.Errorf("the old registry got %d writes of v1", got)
	}
	r := p.report(6)
	faithful(t, r, 6)
	for _, call := range []string{"images.create", "images.update", "members.update", "rpc.image_tag_set_all", "rpc.image_update", "images.delete"} {
		if r.Calls[call] == nil {
			t.Errorf("%s is not compared: %v", call, r.Calls)
		}
	}
}

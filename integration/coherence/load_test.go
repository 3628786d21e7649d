package coherence

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/cachetest"
	"github.com/glancegate/glancegate/integration/servers"
)

// images is how many images there are of each kind.
const images = 8

// load is writers and readers of two gateways on one database. An image's name
// is the number of the last write to it.
type load struct {
	t     *testing.T
	db    *servers.Database
	nodes []string // base URLs; the first one is written through

	written [2][images]cachetest.History // by way: through the gateway, in SQL
	stale   [2][2]cachetest.Sample       // by way and by node
	answers atomic.Int64
	failed  atomic.Int64
}

// The ways of a write.
const (
	throughGateway = iota
	inSQL
)

var ways = [2]string{"written through node 0", "written in SQL"}

func imageID(way, n int) string { return fmt.Sprintf("c0ffee00-000%d-4000-8000-%012d", way, n) }

// run lets everybody work for a while.
func (l *load) run(length time.Duration, meanwhile func()) {
	for way := range ways {
		for n := range images {
			l.create(way, n)
		}
	}
	stop := make(chan struct{})
	var everybody sync.WaitGroup
	work := func(f func(round int)) {
		everybody.Go(func() {
			for round := 0; ; round++ {
				select {
				case <-stop:
					return
				default:
					f(round)
				}
			}
		})
	}
	work(func(round int) { l.write(throughGateway, round); time.Sleep(3 * time.Millisecond) })
	work(func(round int) { l.write(inSQL, round); time.Sleep(3 * time.Millisecond) })
	for node := range l.nodes {
		for reader := range 2 {
			client := &http.Client{Transport: &http.Transport{}}
			defer client.CloseIdleConnections()
			work(func(round int) { l.read(client, node, reader+round) })
		}
	}
	end := time.After(length)
	if meanwhile != nil {
		meanwhile()
	}
	<-end
	close(stop)
	everybody.Wait()
	for way := range ways {
		for node := range l.nodes {
			l.t.Logf("%s, read at node %d: %v", ways[way], node, &l.stale[way][node])
		}
	}
	l.t.Logf("%d answers", l.answers.Load())
	if n := l.failed.Load(); n > 0 {
		l.t.Errorf("%d requests failed", n)
	}
}

// create makes an image whose value is 0.
func (l *load) create(way, n int) {
	l.t.Helper()
	body := fmt.Sprintf(`{"image": {"id": %q, "name": "0", "status": "active", "owner": "p", "is_public": true, "disk_format": "raw", "container_format": "bare"}}`, imageID(way, n))
	if _, err := cachetest.Send(l.t.Context(), http.DefaultClient, http.MethodPost, l.nodes[0]+"/images", body); err != nil {
		l.t.Fatal(err)
	}
	l.written[way][n].Ack(0)
}

func (l *load) write(way, round int) {
	n, value := round%images, 1+round/images
	var err error
	if way == throughGateway {
		_, err = cachetest.Send(l.t.Context(), http.DefaultClient, http.MethodPut, l.nodes[0]+"/images/"+imageID(way, n), fmt.Sprintf(`{"image": {"name": "%d"}}`, value))
	} else {
		err = l.exec(n, value)
	}
	if err != nil {
		l.fail(err)
		return
	}
	l.written[way][n].Ack(value)
}

// exec writes as glance-api would, and again where SQLite says that somebody
// else writes.
func (l *load) exec(n, value int) error {
	statement := fmt.Sprintf("UPDATE images SET name = '%d' WHERE id = '%s'", value, imageID(inSQL, n))
	for {
		_, err := l.db.DB.Exec(statement)
		if err == nil || !strings.Contains(err.Error(), "locked") && !strings.Contains(err.Error(), "busy") {
			return err
		}
	}
}

// read looks at one image and then at the list of all, which must not show an
// older one than that.
func (l *load) read(client *http.Client, node, round int) {
	way, n := round%2, round/2%images
	began := time.Now()
	var show struct{ Image image }
	if !l.get(client, node, "/images/"+imageID(way, n), &show) {
		return
	}
	seen := show.Image.value(l.t)
	l.judge(way, n, node, seen, began)
	if round%3 > 0 {
		return
	}
	began = time.Now()
	var list struct{ Images []image }
	if !l.get(client, node, "/images/detail?limit=100", &list) {
		return
	}
	if len(list.Images) != 2*images {
		l.t.Errorf("the list has %d images, want %d", len(list.Images), 2*images)
	}
	for _, i := range list.Images {
		for way := range ways {
			for k := range images {
				if i.ID == imageID(way, k) {
					l.judge(way, k, node, i.value(l.t), began)
				}
			}
		}
		if i.ID == imageID(way, n) && i.value(l.t) < seen {
			l.t.Errorf("node %d: the list shows %s of %s, whose own answer was %d before", node, i.Name, i.ID, seen)
		}
	}
}

func (l *load) judge(way, n, node, value int, began time.Time) {
	age := l.written[way][n].Staleness(value, began)
	l.stale[way][node].Add(age)
	if way == throughGateway && node == 0 && age > 0 {
		l.t.Errorf("node 0 shows %d of %s, %v after it has acknowledged a later write", value, imageID(way, n), age)
	}
}

type image struct{ ID, Name string }

func (i image) value(t *testing.T) int {
	value, err := strconv.Atoi(i.Name)
	if err != nil {
		t.Errorf("image %s has the name %q", i.ID, i.Name)
	}
	return value
}

func (l *load) get(client *http.Client, node int, path string, into any) bool {
	body, err := cachetest.Send(l.t.Context(), client, http.MethodGet, l.nodes[node]+path, "")
	if err == nil {
		err = json.Unmarshal(body, into)
	}
	if err != nil {
		l.fail(err)
		return false
	}
	l.answers.Add(1)
	return true
}

// mostComplaints bounds how many failures are printed.
const mostComplaints = 5

func (l *load) fail(err error) {
	if l.failed.Add(1) <= mostComplaints {
		l.t.Errorf("request failed: %v", err)
	}
}

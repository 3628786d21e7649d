package publicreads

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var (
	length  = flag.Duration("publicreads.length", 25*time.Second, "how long the differential test runs on each database")
	dialect = flag.String("publicreads.database", "mysql", "mysql or postgresql")

	withRedis = flag.Bool("publicreads.redis", true, "whether the two gateways of the differential test share a Redis")
)

// bound is how old an answer may be, as docs/public-reads.md has it.
const bound = 2 * time.Second

// Every answer of a gateway is one that glance-api gives to the same identity, now
// or before the changes of the last two seconds, while images are written in every
// way. Each read is sent to glance-api before and after it is sent to a gateway.
func (c *cloud) differences(t *testing.T) {
	d := &difference{cloud: c, random: rand.New(rand.NewPCG(1, uint64(time.Now().UnixNano())))}
	d.people = newPeople(d.cloud)
	d.fill()
	for _, who := range d.people.known { // Keystone is asked once about each
		for _, gateway := range d.gateways {
			d.at(gateway).hit(who.token, "/v2/schemas/image", who.fields...)
		}
	}
	began := d.counts()
	end := time.Now().Add(*length)
	var everybody sync.WaitGroup
	everybody.Go(func() {
		for time.Now().Before(end) {
			d.burst()
			time.Sleep(time.Duration(200+rand.IntN(2500)) * time.Millisecond)
		}
	})
	for range 3 {
		everybody.Go(func() {
			for time.Now().Before(end) {
				d.compare()
			}
		})
	}
	everybody.Wait()
	d.judge(began)
}

// difference is who reads and writes.
type difference struct {
	*cloud
	people *people

	mu      sync.Mutex
	random  *rand.Rand
	images  []string
	written time.Time // when the latest write had ended
	writing bool

	reads, hits, late, wrong atomic.Int64
	latest                   atomic.Int64 // of answers that were late, how late
	writes                   [3]struct{ done, refused atomic.Int64 }
}

// fill makes images of the owner, of every visibility and shared with all members.
func (d *difference) fill() {
	d.t.Helper()
	owner, admin := d.people.tokens[d.people.owner], d.people.tokens[d.people.admin]
	for n := range 10 {
		visibility := []string{"public", "shared", "community", "private", "public"}[n%5]
		token := owner
		if visibility == "public" {
			token = admin
		}
		id := d.create(token, map[string]any{
			"name": fmt.Sprintf("image-%d", n), "visibility": visibility, "tags": []string{"a", "b", fmt.Sprint("t", n%3)}, "os_type": "linux",
		})
		d.images = append(d.images, id)
		if n%2 == 0 {
			d.upload(token, id)
		}
		if visibility == "shared" {
			d.share(owner, id)
		}
	}
}

func (d *difference) share(owner, id string) {
	d.t.Helper()
	p := d.people
	for status, user := range map[string]string{"accepted": p.accepted.Project, "pending": p.pending.Project, "rejected": p.rejected.Project} {
		d.must("POST", "/v2/images/"+id+"/members", owner, asJSON, map[string]any{"member": user})
		for u, token := range p.tokens {
			if u.Project == user && status != "pending" {
				d.must("PUT", "/v2/images/"+id+"/members/"+user, token, asJSON, map[string]any{"status": status})
				break
			}
		}
	}
}

// compare sends one read to every node of glance-api, several times to gateways, and
// again to the nodes.
func (d *difference) compare() {
	who, path, times := d.draw()
	ask := func(base string) (answer, bool) {
		a, err := send(base, "GET", path, who.token, asJSON, nil, who.fields...)
		if err != nil {
			d.t.Errorf("%s %s: %v", who.name, path, err)
		}
		return a, err == nil
	}
	all := func() (answers []answer, ok bool) {
		for _, node := range d.nodes {
			a, good := ask(node)
			if !good {
				return nil, false
			}
			answers = append(answers, a)
		}
		return answers, true
	}
	before, ok := all()
	if !slices.ContainsFunc(before, func(a answer) bool { return a.status == http.StatusOK }) {
		times = min(times, odd)
	}
	var got []asked
	for n := range times {
		since, writing := d.sinceWrite()
		a, good := ask(d.any(d.gateways))
		if ok = ok && good; writing {
			since = 0
		}
		got = append(got, asked{a, since})
		if n == 0 {
			time.Sleep(50 * time.Millisecond) // the comparison comes after the answer
		}
	}
	after, good := all()
	if ok && good {
		d.judgeRead(who, path, got, append(before, after...))
	}
}

// asked is an answer of a gateway.
type asked struct {
	answer
	since time.Duration // the latest write
}

// judgeRead looks for the answers of gateways among those of glance-api.
func (d *difference) judgeRead(who person, path string, got []asked, right []answer) {
	d.t.Helper()
	for _, g := range got {
		d.reads.Add(1)
		if g.outcome() == "hit" {
			d.hits.Add(1)
		}
		if slices.ContainsFunc(right, func(a answer) bool { return same(g.answer, a) }) {
			continue
		}
		if since, _ := d.sinceWrite(); g.since < bound || since < bound {
			d.late.Add(1)
			d.latest.Store(max(d.latest.Load(), int64(g.since)))
			continue
		}
		d.wrong.Add(1)
		d.t.Errorf("%s: GET %s (%s), %v after the latest write:\n%d %s\nglance-api before and after:",
			who.name, path, g.outcome(), g.since, g.status, g.body)
		for _, a := range right {
			d.t.Errorf("%d %s", a.status, a.body)
		}
	}
}

func same(a, b answer) bool {
	return a.status == b.status && (a.status >= 300 || sameAnswer(a.body, b.body))
}

// sinceWrite is how long ago the latest write ended, and whether there is one now.
func (d *difference) sinceWrite() (time.Duration, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return time.Since(d.written), d.writing
}

func (d *difference) judge(began counts) {
	d.t.Helper()
	is := d.counts()
	rate := float64(d.hits.Load()) / float64(max(d.reads.Load(), 1))
	d.t.Logf("%d reads, %.0f %% hits, %d kept, refused %v; %d answers differed within %v of a write, the latest %v after it",
		d.reads.Load(), 100*rate, is.Kept-began.Kept, is.Refused, d.late.Load(), bound, time.Duration(d.latest.Load()))
	for n, way := range []string{"Images API", "registry API", "SQL"} {
		d.t.Logf("%s: %d writes, %d refused", way, d.writes[n].done.Load(), d.writes[n].refused.Load())
		if d.writes[n].done.Load() == 0 {
			d.t.Errorf("nothing was written by %s", way)
		}
	}
	if rate < 0.6 {
		d.t.Errorf("only %.0f %% are hits: this tests nothing", 100*rate)
	}
}

// How often a read is repeated, at any of two gateways. Clients repeat ordinary ones; one
// whose answer is never kept says with each time the same.
const ordinary, odd = 24, 3

// draw is a random identity and a random read, and how often it is repeated.
func (d *difference) draw() (who person, path string, times int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	r := d.random
	kinds, times := d.people.known, ordinary
	if r.IntN(10) == 0 {
		kinds, times = d.people.others, odd
	}
	who = kinds[r.IntN(len(kinds))]
	id := d.images[r.IntN(len(d.images))]
	switch n := r.IntN(20); {
	case n < 9:
		return who, "/v2/images/" + id, times
	case n < 10:
		return who, "/v2/images/" + id + "/members", times
	case n < 11:
		return who, "/v2/images/" + id + "/members/" + d.people.accepted.Project, times
	case n < 13:
		return who, "/v2/schemas/image", times
	case n < 18:
		return who, "/v2/images", times
	}
	return who, "/v2/images" + fmt.Sprintf(queries[r.IntN(len(queries))], id), odd
}

// queries are of lists, the odd ones included; %[1]s is an image.
var queries = []string{
	"?limit=3%.0[1]s", "?marker=%[1]s", "?marker=%[1]s&limit=2&sort=name:asc", "?sort_key=size&sort_dir=asc%.0[1]s", "?sort_key=name&sort_key=id&sort_dir=desc%.0[1]s",
	"?visibility=public%.0[1]s", "?visibility=shared&member_status=all%.0[1]s", "?visibility=shared&member_status=pending%.0[1]s", "?visibility=all%.0[1]s",
	"?tag=a&tag=t1%.0[1]s", "?name=image-1%.0[1]s", "?name=in:image-1,image-2%.0[1]s", "?status=active%.0[1]s", "?os_type=linux%.0[1]s", "?protected=false%.0[1]s",
	"?size_min=1%.0[1]s", "?created_at=gt:2020-01-01T00:00:00Z%.0[1]s", "?id=%[1]s", "?owner=nobody%.0[1]s", "?os_hidden=true%.0[1]s", "?os_hidden=TRUE%.0[1]s",
	"?limit=0%.0[1]s", "?limit=x%.0[1]s", "?limit=-1%.0[1]s", "?sort=name:up%.0[1]s", "?sort_key=nothing%.0[1]s", "?changes-since=2020-01-01%.0[1]s", "?deleted=true%.0[1]s",
	"?name=a&name=image-1%.0[1]s", "?_method=GET%.0[1]s", "?name=%%zz%.0[1]s", "?a=b;c=d%.0[1]s", "?marker=nothing%.0[1]s", "?visibility=%.0[1]s", "?properties=x%.0[1]s",
}

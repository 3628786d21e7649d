// Package scenario puts gateways under load while something fails, and keeps a
// ledger of what they have acknowledged. At the end every acknowledged write has
// to be in the database, and no answer may have shown anything else than what
// was there, or was being written, while its request was under way.
package scenario

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/servers"
)

// The workers of a load. They pause, as the machine has other things to do.
const (
	writers = 4
	readers = 4
	pause   = 3 * time.Millisecond
	respite = 50 * time.Millisecond // after a failure
)

// clientTimeout is how long a client waits for an answer. No bound is as long.
const clientTimeout = 90 * time.Second

// Load is clients of gateways that work until End.
type Load struct {
	t        testing.TB
	db       *servers.Database
	nodes    []string // base URLs
	suffix   string   // of the ids of images
	age      time.Duration
	identify func(*http.Request)
	client   *http.Client

	stop    chan struct{}
	still   sync.RWMutex // read by who works
	working sync.WaitGroup

	requests, acked atomic.Int64
	wrong           atomic.Int64

	mu         sync.Mutex
	images     []*image
	faults     []window
	failures   []failed
	longest    time.Duration
	slowest    string // the request that took longest
	complaints int
}

// window is the time in which something fails; it has no end until then.
type window struct{ began, over time.Time }

// failed is a request that has failed.
type failed struct {
	began, ended time.Time
	what, why    string
}

// loads counts them, so that several can share a database.
var loads atomic.Int64

// Option changes a load before it begins.
type Option func(*Load)

// Age is how old an answer of another node than the first may be.
func Age(age time.Duration) Option { return func(l *Load) { l.age = age } }

// Identify sets what identifies the client to the gateway. Without it the headers
// of an administrator do.
func Identify(identify func(*http.Request)) Option { return func(l *Load) { l.identify = identify } }

// OneRequestAConnection lets clients connect for each request: a connection that
// is kept can be closed in the moment in which the next request is sent.
func OneRequestAConnection() Option {
	return func(l *Load) { l.client.Transport.(*http.Transport).DisableKeepAlives = true }
}

// Begin lets clients work. They write through the first of the nodes, given by
// their base URLs, and read at all of them.
func Begin(t testing.TB, db *servers.Database, nodes []string, options ...Option) *Load {
	t.Helper()
	l := &Load{
		t: t, db: db, nodes: nodes, suffix: fmt.Sprintf("-4000-8000-%012d", loads.Add(1)), identify: administrator, stop: make(chan struct{}),
		client: &http.Client{Timeout: clientTimeout, Transport: &http.Transport{MaxIdleConnsPerHost: writers + readers}},
	}
	for _, option := range options {
		option(l)
	}
	for n := range writers {
		l.work(func(round int) bool { return l.live(n, round) })
	}
	for n := range readers {
		l.work(func(round int) bool { return l.read((n+round)%len(nodes), n+round) })
	}
	t.Cleanup(l.halt)
	l.Work(time.Second)
	return l
}

func administrator(r *http.Request) {
	r.Header.Set("X-Identity-Status", "Confirmed")
	r.Header.Set("X-Project-Id", "owner")
	r.Header.Set("X-Roles", "admin")
}

// work repeats what a worker does, with a pause whose length depends on whether
// it succeeded.
func (l *Load) work(do func(round int) bool) {
	l.working.Go(func() {
		for round := 0; ; round++ {
			wait := pause
			l.still.RLock()
			ok := do(round)
			l.still.RUnlock()
			if !ok {
				wait = respite
			}
			select {
			case <-l.stop:
				return
			case <-time.After(wait):
			}
		}
	})
}

func (l *Load) stopped() bool {
	select {
	case <-l.stop:
		return true
	default:
		return false
	}
}

// halt stops the workers and waits for the requests that are under way.
func (l *Load) halt() {
	if !l.stopped() {
		close(l.stop)
	}
	l.working.Wait()
	l.client.CloseIdleConnections()
}

// Work waits until the load has gone on for a while, and has done something
// useful in it.
func (l *Load) Work(length time.Duration) {
	l.t.Helper()
	before := l.acked.Load()
	time.Sleep(length)
	if !kit.Poll(clientTimeout, func() bool { return l.acked.Load() != before }) {
		l.t.Fatalf("nothing is written for %v", clientTimeout)
	}
}

// Still calls f while no request is under way, and no image is half way through its life.
func (l *Load) Still(f func()) {
	l.still.Lock()
	defer l.still.Unlock()
	f()
}

// Break makes something fail: requests may fail from now on.
func (l *Load) Break(fault func()) {
	l.mu.Lock()
	l.faults = append(l.faults, window{began: time.Now()})
	l.mu.Unlock()
	fault()
}

// Repair ends the fault. What fails from now on counts as recovery.
func (l *Load) Repair(repair func()) {
	repair()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.faults[len(l.faults)-1].over = time.Now()
}

// note keeps what became of a request.
func (l *Load) note(a *answer, what string) {
	l.requests.Add(1)
	if !a.ok() {
		l.fail(a, what)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if took := a.ended.Sub(a.began); took > l.longest {
		l.longest, l.slowest = took, what
	}
}

func (l *Load) fail(a *answer, what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failures = append(l.failures, failed{a.began, a.ended, fmt.Sprintf("%s: %.300s", what, a.body), a.failure})
}

// maxComplaints bounds how many wrong answers are printed.
const maxComplaints = 10

// complain reports a wrong answer.
func (l *Load) complain(format string, args ...any) {
	l.wrong.Add(1)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.complaints++; l.complaints <= maxComplaints {
		l.t.Errorf(format, args...)
	}
}

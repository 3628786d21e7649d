package shadow

import (
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Reasons why a request was not compared.
const (
	QueueFull          = "queue_full"
	TooLarge           = "too_large"           // or there was no memory left
	Unanswered         = "unanswered"          // by the old service
	GatewayUnavailable = "gateway_unavailable" // for lack of its database
	Raced              = "raced"               // what was asked for changed meanwhile
)

// Ledger counts the comparisons with one old service, and keeps samples of differences.
// It outlives the shadows that write in it.
type Ledger struct {
	mu      sync.Mutex
	total   Counts
	current Counts // since Reset
	since   time.Time
	samples []*Sample
	most    int
	bytes   int
	lastID  int
}

// Counts are what a ledger counts.
type Counts struct {
	Calls   map[string]*Call // by route of v1 or command, such as images.show and rpc.image_get
	Allowed map[string]int64 // answers by the name of what may differ in them
	Skipped map[string]int64 // requests that were not compared, by reason
}

// Call is the comparisons of a route or command.
type Call struct {
	Compared    int64          `json:"compared"`
	Different   int64          `json:"different"`
	Differences map[Kind]int64 `json:"differences"` // answers by kind; one may have several
}

// NewLedger makes a Ledger.
func NewLedger() *Ledger {
	return &Ledger{since: time.Now(), total: newCounts(), current: newCounts()}
}

func newCounts() Counts {
	return Counts{Calls: map[string]*Call{}, Allowed: map[string]int64{}, Skipped: map[string]int64{}}
}

// clone copies counts.
func (c Counts) clone() Counts {
	copied := Counts{Calls: map[string]*Call{}, Allowed: maps.Clone(c.Allowed), Skipped: maps.Clone(c.Skipped)}
	for name, call := range c.Calls {
		copied.Calls[name] = &Call{call.Compared, call.Different, maps.Clone(call.Differences)}
	}
	return copied
}

// Add adds other counts.
func (c *Counts) Add(other Counts) {
	if c.Calls == nil {
		*c = newCounts()
	}
	for name, call := range other.Calls {
		sum := c.call(name)
		sum.Compared += call.Compared
		sum.Different += call.Different
		for kind, n := range call.Differences {
			sum.Differences[kind] += n
		}
	}
	for name, n := range other.Allowed {
		c.Allowed[name] += n
	}
	for name, n := range other.Skipped {
		c.Skipped[name] += n
	}
}

// call is the counts of a name.
func (c *Counts) call(name string) *Call {
	call := c.Calls[name]
	if call == nil {
		call = &Call{Differences: map[Kind]int64{}}
		c.Calls[name] = call
	}
	return call
}

// Keep sets how many samples are kept.
func (l *Ledger) Keep(samples int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.most = samples
	for len(l.samples) > l.most {
		l.evict()
	}
}

// Total is everything that was counted.
func (l *Ledger) Total() Counts {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.total.clone()
}

// Reset lets the report begin anew, as after a fault was mended. Total goes on.
func (l *Ledger) Reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.current, l.samples, l.bytes, l.since = newCounts(), nil, 0, time.Now()
}

func (l *Ledger) skip(reason string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.total.Skipped[reason]++
	l.current.Skipped[reason]++
}

// count adds a comparison, with a sample of what differs.
func (l *Ledger) count(x *Exchange, c *comparison, old, new *Answer) {
	var sample *Sample
	if c.differ() {
		sample = newSample(x, c, old, new)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.total.add(x.Calls, c)
	l.current.add(x.Calls, c)
	if sample != nil && l.most > 0 {
		l.keep(sample)
	}
}

func (c *Counts) add(calls []string, outcome *comparison) {
	for name := range outcome.allowed {
		c.Allowed[name]++
	}
	differing := map[string]map[Kind]bool{}
	for _, d := range outcome.differences {
		if differing[d.Call] == nil {
			differing[d.Call] = map[Kind]bool{}
		}
		differing[d.Call][d.Kind] = true
	}
	seen := map[string]bool{}
	for _, name := range calls {
		call := c.call(name)
		call.Compared++
		if seen[name] || differing[name] == nil {
			continue
		}
		seen[name] = true
		call.Different++
		for kind := range differing[name] {
			call.Differences[kind]++
		}
	}
}

// Sample is two answers that differ, without secrets.
type Sample struct {
	ID          int          `json:"id"`
	At          time.Time    `json:"at"`
	Call        string       `json:"call"` // the first one that differs
	Kind        Kind         `json:"kind"` // of its first difference
	Differences []Difference `json:"differences"`
	Request     Message      `json:"request"`
	Old         Message      `json:"old"`
	New         Message      `json:"new"` // the gateway's

	rpc bool
}

// Message is a request or an answer.
type Message struct {
	Method string            `json:"method,omitempty"`
	Path   string            `json:"path,omitempty"` // with the query
	Status int               `json:"status,omitempty"`
	Header map[string]string `json:"header"`
	Body   string            `json:"body"`
	Cut    bool              `json:"cut,omitempty"` // the body is longer
}

// Bounds of samples, in bytes.
const (
	maxMessage = 64 << 10
	maxSamples = 8 << 20 // of all
)

func newSample(x *Exchange, c *comparison, old, new *Answer) *Sample {
	s := &Sample{
		At: time.Now().UTC().Truncate(time.Second), Call: c.differences[0].Call, Kind: c.differences[0].Kind, rpc: x.RPC,
		Request: message(x.Request.Body, x.Request.Header, keptHeaders),
		Old:     message(old.Body, old.Header, keptOfAnswers), New: message(new.Body, new.Header, keptOfAnswers),
	}
	s.Request.Method, s.Request.Path, s.Old.Status, s.New.Status = x.Request.Method, target(x.Request.URL), old.Status, new.Status
	for _, d := range c.differences {
		s.Differences = append(s.Differences, d.withoutSecrets())
	}
	return s
}

func message(body []byte, header http.Header, names []string) Message {
	m := Message{Header: keepHeaders(header, names), Body: withoutSecrets(body)}
	if len(m.Body) > maxMessage {
		m.Body, m.Cut = m.Body[:maxMessage], true
	}
	return m
}

func (s *Sample) size() int {
	size := len(s.Request.Body) + len(s.Request.Path) + len(s.Old.Body) + len(s.New.Body)
	for _, d := range s.Differences {
		size += len(d.Path) + len(d.Old) + len(d.New)
	}
	return size
}

// keep adds a sample within the bounds.
func (l *Ledger) keep(s *Sample) {
	l.lastID++
	s.ID = l.lastID
	l.samples = append(l.samples, s)
	l.bytes += s.size()
	for len(l.samples) > l.most || l.bytes > maxSamples {
		l.evict()
	}
}

// evict drops the oldest sample of the calls and kinds with the most of them, so that what
// is rare stays.
func (l *Ledger) evict() {
	type group struct {
		call string
		kind Kind
	}
	groups, largest := map[group]int{}, group{}
	for _, s := range l.samples {
		groups[group{s.Call, s.Kind}]++
	}
	for g, n := range groups {
		if n > groups[largest] || n == groups[largest] && (g.call < largest.call || g.call == largest.call && g.kind < largest.kind) {
			largest = g
		}
	}
	n := slices.IndexFunc(l.samples, func(s *Sample) bool { return s.Call == largest.call && s.Kind == largest.kind })
	l.bytes -= l.samples[n].size()
	l.samples = slices.Delete(l.samples, n, n+1)
}

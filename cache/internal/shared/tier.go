// Package shared is the cache that several gateways have in one Redis, and how
// they tell each other of changes.
//
// # Nothing stale
//
// Every value belongs to a group, and every group has a token: a random text in
// a key of its own. Who wants to store a value reads the token before it reads
// the database, and stores the token in the value. A change deletes the token.
// A value counts only while the token of its group is the one inside it, so what
// was read before a change is never taken for current after it, however late it
// is stored, and whatever Redis evicts.
//
// Values also have the epoch of all gateways in them. A gateway that comes to
// doubt Redis (it could not delete a token, it missed messages, another server
// has become the master) begins a new epoch, which makes all values void and all
// gateways forget what they have.
package shared

import (
	"context"
	"crypto/rand"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/glancegate/glancegate/cache/redisdb"
	"github.com/glancegate/glancegate/cache/seal"
)

// Config says how to use a Redis.
type Config struct {
	// Open makes a client that calls check with all its connections. Every time
	// that Redis was in doubt there is a new one.
	Open func(check redisdb.Check) (redis.UniversalClient, error)

	Sealer *seal.Sealer

	// Prefix begins all keys and the channel: gateways with one prefix share
	// their values, so it has to stand for one database.
	Prefix string

	// TTL is how long a value may be used, counted from the reading of the
	// database. It must be above zero.
	TTL time.Duration

	// Listener is notified of what other gateways changed.
	Listener Listener

	// Events counts what happens; may be nil.
	Events Events
}

// Listener is notified of changes through other gateways. It must not call the Tier.
type Listener interface {
	Dropped(ids []string)
	DroppedAll()
}

// Events is notified of what happens.
type Events interface {
	Up()                         // the tier is in use from now on
	Down(reason error)           // it is not, for this reason
	Refused()                    // a value did not open
	Failed(what string, e error) // a command failed: get, put or invalidate
}

// Tier is the values in Redis. Nothing in it makes a request fail, and nothing
// that a request calls waits longer than redisdb.Timeout.
type Tier struct {
	Config
	node    string
	timeout time.Duration // redisdb.Timeout, except in tests that are not about time

	publications chan *publication
	broken       chan error
	renewal      chan struct{}
	stop         context.CancelFunc
	running      sync.WaitGroup
	putting      chan struct{} // bounds the values on their way
	puts         sync.WaitGroup
	failures     atomic.Int32 // rests without a read that succeeded between them
	rested       atomic.Int64 // until when nobody reads, in nanoseconds since born
	born         time.Time    // times are counted from then on, whatever the clock is set to

	opened atomic.Pointer[redis.UniversalClient]

	mu     sync.Mutex
	state  state
	said   said
	reason error // why it was apart last
	closed bool
	epoch  token     // of the values that count
	wanted token     // the epoch that this gateway began last
	began  time.Time // when that was
	missed int       // changes since then of which nothing was sent
	seen   map[string]uint64
	sent   uint64
}

type state int

const (
	apart    state = iota // no connection that could be trusted
	renewing              // connected, and beginning an epoch
	ready                 // in use
)

// said is what Events were notified of last.
type said int

const (
	saidNothing said = iota
	saidUp
	saidDown
)

// token is a random value that was never there before.
type token [16]byte

func newToken() (t token) {
	_, _ = rand.Read(t[:]) // never fails
	return t
}

const (
	maxPuts     = 64
	maxRequests = 256
)

// New makes a Tier, which is not in use before Start.
func New(c Config) *Tier {
	if c.Events == nil {
		c.Events = noEvents{}
	}
	t := &Tier{
		Config:       c,
		node:         rand.Text(),
		timeout:      redisdb.Timeout,
		publications: make(chan *publication, maxRequests),
		broken:       make(chan error, 1),
		renewal:      make(chan struct{}, 1),
		stop:         func() {},
		putting:      make(chan struct{}, maxPuts),
		seen:         map[string]uint64{},
		born:         time.Now(),
	}
	return t
}

func (t *Tier) sinceBorn() int64 { return int64(time.Since(t.born)) }

// Start begins to connect. It must be called once at most.
func (t *Tier) Start() {
	ctx, stop := context.WithCancel(context.Background())
	t.stop = stop
	t.running.Go(func() { t.run(ctx) })
	t.running.Go(func() { t.publish(ctx) })
}

// Close ends the tier and its connections, when the values on their way have been
// stored.
func (t *Tier) Close() {
	t.mu.Lock()
	t.closed = true // no more puts
	t.mu.Unlock()
	t.puts.Wait()
	t.stop()
	t.running.Wait()
	t.mu.Lock()
	t.state = apart
	t.mu.Unlock()
}

// client is that of the last session, which may be closed. There is one where
// there was a session.
func (t *Tier) client() redis.UniversalClient { return *t.opened.Load() }

// current returns the epoch, if the tier is in use.
func (t *Tier) current() (token, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.epoch, t.state == ready
}

// doubt stops the use of Redis until a new epoch has begun.
func (t *Tier) doubt(reason error) {
	t.mu.Lock()
	was := t.said
	t.state, t.said, t.reason = apart, saidDown, reason
	t.mu.Unlock()
	if was != saidDown {
		t.Events.Down(reason)
	}
	select {
	case t.broken <- reason:
	default:
	}
}

// Status is the state of a Tier, for operators.
type Status struct {
	Node         string            `json:"node"`
	InUse        bool              `json:"in_use"`
	Reason       string            `json:"reason,omitempty"` // why it is not in use
	MessagesSent uint64            `json:"messages_sent"`
	LastSeen     map[string]uint64 `json:"last_seen"` // number of the last message of each other node
}

// Status returns the state of the tier.
func (t *Tier) Status() Status {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := Status{Node: t.node, InUse: t.state == ready, MessagesSent: t.sent, LastSeen: map[string]uint64{}}
	if t.state == apart && t.reason != nil {
		s.Reason = t.reason.Error()
	}
	for node, n := range t.seen {
		s.LastSeen[node] = n
	}
	return s
}

type noEvents struct{}

func (noEvents) Up()                  {}
func (noEvents) Down(error)           {}
func (noEvents) Refused()             {}
func (noEvents) Failed(string, error) {}

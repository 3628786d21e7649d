// Package shared is the cache that several gateways share in one Redis, and how they
// notify each other of changes.
//
// # Nothing stale
//
// Every value belongs to a group, and every group has a token: a random text in a key
// of its own. Before a gateway reads a value from the database, it reads the token,
// which it stores in the value. A change deletes the token. A value is valid only
// while it contains the token of its group. So a value read before a change is never
// used after it, however late it is stored, and whatever Redis evicts.
//
// Values also contain the epoch of all gateways. A gateway that can't rely on Redis
// (it could not delete a token, it missed messages, another server has become the
// master) begins a new epoch. That invalidates all values in Redis, and all gateways
// drop what they have in memory.
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
	"github.com/glancegate/glancegate/internal/breaker"
)

// Config configures a Tier.
type Config struct {
	// Open makes a client that calls check with each of its connections. Every session
	// opens a new client.
	Open func(check redisdb.Check) (redis.UniversalClient, error)

	Sealer *seal.Sealer

	// Prefix begins all keys and the channel. Gateways with the same prefix share their
	// values, so it has to identify the database.
	Prefix string

	// TTL is how long a value may be used, counted from when the database was read. It
	// must be positive.
	TTL time.Duration

	// Listener is notified of changes through other gateways.
	Listener Listener

	// Events is notified of events; may be nil.
	Events Events
}

// Listener is notified of changes through other gateways. It must not call the Tier.
type Listener interface {
	Dropped(ids []string)
	DroppedAll()
}

// Events is notified of events, for logs and metrics.
type Events interface {
	Up()                         // the tier is in use from now on
	Down(reason error)           // it is not in use from now on
	Refused()                    // a value could not be opened
	Failed(what string, e error) // a command failed: get, put or invalidate
}

// Tier is the cache in Redis. It never makes a request fail, and no method that a
// request calls waits longer than redisdb.Timeout.
type Tier struct {
	Config
	node    string
	timeout time.Duration // redisdb.Timeout, except in tests that are not about time

	publications chan *publication
	broken       chan error
	renewal      chan struct{}
	stop         context.CancelFunc
	running      sync.WaitGroup
	putting      chan struct{} // bounds concurrent puts
	puts         sync.WaitGroup
	reads        *breaker.Breaker

	opened atomic.Pointer[redis.UniversalClient]

	mu       sync.Mutex
	state    state
	reported reported
	reason   error // why it was last disconnected
	closed   bool
	epoch    token     // of valid values
	wanted   token     // the epoch that this gateway began last
	began    time.Time // when that was
	unsent   int       // changes since then that were not sent
	seen     map[string]uint64
	sent     uint64
}

type state int

const (
	disconnected state = iota // no reliable connection
	renewing                  // connected, and beginning an epoch
	ready                     // in use
)

// reported is the last notification of Events.
type reported int

const (
	reportedNothing reported = iota
	reportedUp
	reportedDown
)

// token is a random value that was never used before.
type token [16]byte

func newToken() (t token) {
	_, _ = rand.Read(t[:]) // never fails
	return t
}

const (
	maxPuts     = 64
	maxRequests = 256
)

// New makes a Tier. It is not in use before Start.
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
		reads:        breaker.New(readPause),
	}
	return t
}

// Start begins to connect. It must be called at most once.
func (t *Tier) Start() {
	ctx, stop := context.WithCancel(context.Background())
	t.stop = stop
	t.running.Go(func() { t.run(ctx) })
	t.running.Go(func() { t.publish(ctx) })
}

// Close waits for current puts and closes the connections.
func (t *Tier) Close() {
	t.mu.Lock()
	t.closed = true // no more puts
	t.mu.Unlock()
	t.puts.Wait()
	t.stop()
	t.running.Wait()
	t.mu.Lock()
	t.state = disconnected
	t.mu.Unlock()
}

// client is that of the last session, and may be closed. There must have been a
// session.
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
	was := t.reported
	t.state, t.reported, t.reason = disconnected, reportedDown, reason
	t.mu.Unlock()
	if was != reportedDown {
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
	if t.state == disconnected && t.reason != nil {
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

// Package cache is a records.Store in front of another: records of images and
// pages of lists in this process, and with other gateways in Redis.
//
// What it keeps is free of identity: who may see a record is decided by the
// registry on every request, and whose list a page is stands in its key.
// docs/cache.md says what is promised about the age of an answer.
package cache

import (
	"iter"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/glancegate/glancegate/cache/internal/local"
	"github.com/glancegate/glancegate/cache/internal/shared"
	"github.com/glancegate/glancegate/registry/records"
)

// Config says how to cache. Size and TTL must be above zero.
type Config struct {
	Store records.Store

	// Size is how many bytes the tier in this process may take.
	Size int64

	// TTL is how old an answer may be, counted from the reading of the
	// database.
	TTL time.Duration

	// Followed tells that somebody follows the changes of the database and
	// tells the cache of them. Nothing is cached until Up is called.
	Followed bool

	// Shared configures the tier in Redis, apart from its Listener; nil: there is
	// none.
	Shared *Redis

	// Others are the caches of the same database in this process; may have this
	// one, too. They are told of what is changed through it. May be nil.
	Others iter.Seq[*Cache]

	// Counters counts what happens; may be shared by several caches.
	Counters *Counters
}

// Cache implements records.Store.
type Cache struct {
	records.Store // what is not cached

	config   Config
	counters *Counters
	local    *local.Tier[entry]
	shared   *shared.Tier // nil: none
	flights  singleflight.Group

	// down is why nothing may be cached at all, nil where it may; suspended counts the
	// reasons not to for now.
	down      atomic.Pointer[error]
	suspended atomic.Int64

	// changes counts everything that was dropped. Pages are of one number, and
	// so are records that were read with a page.
	changes atomic.Uint64

	// clears counts how often everything was dropped. Flights are of one number.
	clears atomic.Uint64

	// floor is when the reading had ended of the youngest record that was given
	// to somebody and is not kept, in nanoseconds since born. A page that was
	// read before may show an older state of it, which no version tells.
	floor atomic.Int64

	// answerEpoch counts how often all answers were dropped.
	answerEpoch atomic.Uint64

	// blocks is how many changes there are that readers may not see yet.
	blocks atomic.Int64

	born time.Time // times are counted from then on, whatever the clock is set to

	// current is a moment, in nanoseconds since born: the cache has been told of all
	// changes that were acknowledged before it.
	current atomic.Int64

	mu      sync.Mutex
	pending map[*func()]bool // changes that are not settled
}

// entry is what the local tier keeps under a key: a record, nothing (of an id
// that no image has), a page, or an answer of another server.
type entry struct {
	image  *records.Image
	page   *page
	answer *answer
}

// New makes a Cache.
func New(c Config) *Cache {
	cache := &Cache{Store: c.Store, config: c, counters: c.Counters, born: time.Now()}
	if cache.counters == nil {
		cache.counters = new(Counters)
	}
	cache.current.Store(never)
	cache.local = local.New[entry](c.Size, func(n int, done time.Time) {
		cache.counters.Evictions.Add(uint64(n))
		cache.unkept(done)
	})
	if c.Followed {
		cache.down.Store(&errNotFollowed)
	}
	if c.Shared != nil {
		tier := *c.Shared
		tier.Listener = listener{cache}
		cache.shared = shared.New(tier)
	}
	return cache
}

// Start connects the shared tier. It must be called once at most.
func (c *Cache) Start() {
	if c.shared != nil {
		c.shared.Start()
	}
}

// Close gives up the connections of the shared tier. The Store stays open.
func (c *Cache) Close() {
	if c.shared != nil {
		c.shared.Close()
	}
}

// serving reports whether anything may be taken from the cache.
func (c *Cache) serving() bool { return c.down.Load() == nil && c.suspended.Load() == 0 && !c.behind() }

// maxBehind is how old the moment may be up to which all changes have been told.
// It bounds the age of an answer, whatever stands still or lags: the server, the
// feed or this process.
const maxBehind = 2 * time.Second

// never is a moment that is too long ago.
const never = math.MinInt64 / 2

func (c *Cache) behind() bool {
	return c.config.Followed && time.Since(c.born)-time.Duration(c.current.Load()) > maxBehind
}

// unkept notes that a record is not kept, or no longer, whose reading had ended
// by then.
func (c *Cache) unkept(done time.Time) {
	at := int64(done.Sub(c.born))
	for floor := c.floor.Load(); at > floor; floor = c.floor.Load() {
		if c.floor.CompareAndSwap(floor, at) {
			return
		}
	}
}

// belowFloor reports whether a page of that reading may be behind a record.
func (c *Cache) belowFloor(read time.Time) bool { return int64(read.Sub(c.born)) < c.floor.Load() }

// Interface guard
var _ records.Store = (*Cache)(nil)

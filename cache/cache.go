// Package cache is a records.Store in front of another. It keeps records of images
// and pages of lists in this process and, together with other gateways, in Redis.
//
// Cached records do not depend on the caller: the registry decides on every request
// who may see a record, and the key of a page includes whose list it is.
// docs/cache.md says how old an answer may be.
package cache

import (
	"iter"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/glancegate/glancegate/cache/internal/codec"
	"github.com/glancegate/glancegate/cache/internal/local"
	"github.com/glancegate/glancegate/cache/internal/shared"
	"github.com/glancegate/glancegate/registry/records"
)

// Config configures a Cache. Size and TTL must be positive.
type Config struct {
	Store records.Store

	// Size bounds the tier in this process, in bytes.
	Size int64

	// TTL bounds the age of an answer, counted from when the database was read.
	TTL time.Duration

	// Followed says that a feed reports all changes of the database to the cache.
	// Nothing is cached until it calls Up.
	Followed bool

	// Shared configures the tier in Redis; New sets its Listener. nil: no Redis.
	Shared *Redis

	// Others are the caches of the same database in this process, possibly with this
	// one. Changes through this cache invalidate them, too. May be nil.
	Others iter.Seq[*Cache]

	// Counters counts events; several caches may share it. May be nil.
	Counters *Counters
}

// Cache implements records.Store.
type Cache struct {
	records.Store // for everything that is not cached

	config   Config
	counters *Counters
	local    *local.Tier[entry]
	shared   *shared.Tier // nil: none
	flights  singleflight.Group

	// down is why nothing may be cached; nil: caching is allowed. suspended counts
	// changes of everything that readers may not see yet.
	down      atomic.Pointer[error]
	suspended atomic.Int64

	// changes are the drops of any kind, numbered. A page has the number of the last one
	// that it was compared with.
	changes *changelog

	// listed is when a list was last asked for, in nanoseconds since born. refreshing
	// bounds the records that are read ahead for lists.
	listed     atomic.Int64
	refreshing chan struct{}

	// clears counts how often everything was dropped. It is part of the keys of flights.
	clears atomic.Uint64

	// floor is when the read of the newest record that was returned, but is not kept,
	// ended, in nanoseconds since born. A page that is being read since before may have
	// an older state of that record, which versions do not show.
	floor atomic.Int64

	// answerEpoch counts how often all answers were dropped.
	answerEpoch atomic.Uint64

	// blocks is how many changes there are that readers may not see yet.
	blocks atomic.Int64

	born time.Time // a monotonic clock: the system's clock may be set

	// current is a moment, in nanoseconds since born. The feed has reported all changes
	// acknowledged before it.
	current atomic.Int64

	mu      sync.Mutex
	pending map[*func()]bool // changes that readers may not see yet
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
	cache := &Cache{Store: c.Store, config: c, counters: c.Counters, changes: newChangelog(),
		refreshing: make(chan struct{}, maxRefreshes), born: time.Now()}
	if cache.counters == nil {
		cache.counters = new(Counters)
	}
	cache.current.Store(never)
	cache.listed.Store(never)
	cache.local = local.New[entry](c.Size, func(n int, done time.Time) {
		cache.counters.Evictions.Add(uint64(n))
		cache.raiseFloor(done)
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

// Start connects the shared tier. It must be called at most once.
func (c *Cache) Start() {
	if c.shared != nil {
		c.shared.Start()
	}
}

// Close closes the connections of the shared tier. The Store stays open.
func (c *Cache) Close() {
	if c.shared != nil {
		c.shared.Close()
	}
}

// serving reports whether anything may be taken from the cache.
func (c *Cache) serving() bool { return c.down.Load() == nil && c.suspended.Load() == 0 && !c.behind() }

// maxBehind bounds the age of the moment up to which the feed has reported all
// changes. So it bounds the age of an answer if the server, the feed or this process
// hangs or lags.
const maxBehind = 2 * time.Second

// never is a moment in the distant past.
const never = math.MinInt64 / 2

func (c *Cache) behind() bool {
	return c.config.Followed && time.Since(c.born)-time.Duration(c.current.Load()) > maxBehind
}

// raiseFloor notes that a record whose read ended at done is not kept.
func (c *Cache) raiseFloor(done time.Time) {
	at := int64(done.Sub(c.born))
	for floor := c.floor.Load(); at > floor; floor = c.floor.Load() {
		if c.floor.CompareAndSwap(floor, at) {
			return
		}
	}
}

// belowFloor reports whether a page read then may be older than a returned record.
func (c *Cache) belowFloor(read time.Time) bool { return int64(read.Sub(c.born)) < c.floor.Load() }

// Interface guard
var _ records.Store = (*Cache)(nil)

// Redis configures the tier in Redis. Gateways with the same prefix share its values.
type Redis = shared.Config

// RedisStatus is the state of that tier.
type RedisStatus = shared.Status

// RedisEvents is notified of events in that tier, for logs and metrics.
type RedisEvents = shared.Events

// Format is the encoding of values in Redis. Gateways with different formats must not
// share a prefix.
const Format = codec.Format

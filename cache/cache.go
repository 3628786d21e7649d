// Package cache is a registry.Store in front of another: records of images and
// pages of lists in this process, and with other gateways in Redis.
//
// What it keeps is free of identity: who may see a record is decided by the
// registry on every request, and whose list a page is stands in its key.
// docs/cache.md says what is promised about the age of an answer.
package cache

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/glancegate/glancegate/cache/local"
	"github.com/glancegate/glancegate/cache/shared"
	"github.com/glancegate/glancegate/registry"
)

// Config says how to cache. Size and TTL must be above zero.
type Config struct {
	Store registry.Store

	// Size is how many bytes the tier in this process may take.
	Size int64

	// TTL is how old an answer may be, counted from the reading of the
	// database.
	TTL time.Duration

	// Followed tells that somebody follows the changes of the database and
	// tells the cache of them. Nothing is cached until Up is called.
	Followed bool

	// Shared configures the tier in Redis, apart from its Hearer; nil: there is
	// none.
	Shared *shared.Config

	// Counters counts what happens; may be shared by several caches.
	Counters *Counters
}

// Cache implements registry.Store.
type Cache struct {
	registry.Store // what is not cached

	config   Config
	counters *Counters
	local    *local.Tier[entry]
	shared   *shared.Tier // nil: none
	flights  singleflight.Group

	// vouched tells whether anything may be cached at all; suspended counts the
	// reasons not to for now.
	vouched   atomic.Bool
	suspended atomic.Int64

	// changes counts everything that was dropped. Pages are of one number, and
	// so are records that were read with a page.
	changes atomic.Uint64

	// clears counts how often everything was dropped. Flights are of one number.
	clears atomic.Uint64

	// holds is how many changes there are that readers may not see yet.
	holds atomic.Int64

	heard atomic.Int64 // when the feed gave its last sign of life, in Unix nanoseconds

	mu      sync.Mutex
	down    error            // why nothing is vouched for; nil where it is
	pending map[*func()]bool // changes that are not settled
}

// entry is what the local tier keeps under a key: a record, nothing (of an id
// that no image has), or a page.
type entry struct {
	image *registry.Image
	page  *page
}

// New makes a Cache.
func New(c Config) *Cache {
	cache := &Cache{Store: c.Store, config: c, counters: c.Counters}
	if cache.counters == nil {
		cache.counters = new(Counters)
	}
	cache.local = local.New[entry](c.Size, func(n int) { cache.counters.Evictions.Add(uint64(n)) })
	if c.Followed {
		cache.down = errNotFollowed
	} else {
		cache.vouched.Store(true)
	}
	if c.Shared != nil {
		tier := *c.Shared
		tier.Hearer = hearer{cache}
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
func (c *Cache) Close() error {
	if c.shared == nil {
		return nil
	}
	return c.shared.Close()
}

// serving reports whether anything may be taken from the cache.
func (c *Cache) serving() bool { return c.vouched.Load() && c.suspended.Load() == 0 }

// flightOf is the key of the flight that reads a record.
func (c *Cache) flightOf(id string) string {
	return string(appendNumber([]byte(id), c.clears.Load()))
}

// fillTimeout bounds a read that goes on after its client has left, for others
// that wait for the same.
const fillTimeout = 30 * time.Second

// filled is the result of a flight.
type filled[T any] struct {
	value T
	from  Outcome
}

// fill joins the flight of a key or begins it. A client that leaves fails nobody
// else.
func fill[T any](ctx context.Context, c *Cache, key string, read func(context.Context) (T, Outcome, error)) (T, Outcome, error) {
	result := c.flights.DoChan(key, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), fillTimeout)
		defer cancel()
		value, from, err := read(ctx)
		return filled[T]{value, from}, err
	})
	select {
	case <-ctx.Done():
		var none T
		return none, Bypass, &registry.Error{
			Kind: registry.Unavailable, Message: "The request ended before the database answered", Err: ctx.Err(),
		}
	case r := <-result:
		f, _ := r.Val.(filled[T])
		return f.value, f.from, r.Err
	}
}

// Interface guard
var _ registry.Store = (*Cache)(nil)

// Package caches holds the caches in use. Handlers with the same settings share one.
package caches

import (
	"context"
	"fmt"
	"iter"
	"sync"
	"time"

	"github.com/glancegate/glancegate/cache"
	"github.com/glancegate/glancegate/cache/redisdb"
	"github.com/glancegate/glancegate/cache/seal"
	"github.com/glancegate/glancegate/caddymodule/internal/databases"
	"github.com/glancegate/glancegate/caddymodule/internal/share"
	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/dbbackend/feed"
)

var pool = share.NewPool[*Cache]()

// Config has the settings of a cache, with all defaults and without placeholders.
type Config struct {
	Size      int64
	TTL       time.Duration
	Followed  bool
	Changes   string // URL of the database to listen to
	Redis     string // empty: none
	Key       string
	Namespace string
}

// SealPurpose distinguishes this use of a key from others.
const SealPurpose = "glance-registry cache"

// Cache is a cache in use, with its database.
type Cache struct {
	*cache.Cache

	Name     string // the database's URL without its password
	location string // of the database
	Redis    string // URL of Redis without its password; empty: none
	events   *events

	// Begin connects to Redis and begins to follow the database, once.
	Begin func()

	stop    context.CancelFunc
	running sync.WaitGroup
	release []func()
}

// Destruct implements caddy.Destructor.
func (c *Cache) Destruct() error {
	c.stop()
	c.running.Wait()
	c.Close() // the connections to Redis
	for _, f := range c.release {
		f()
	}
	return nil
}

func (c Config) key(database dbbackend.Config) share.Key {
	database.Observer, database.OnState, database.OnOddRow = nil, nil, nil
	return share.KeyOf(database, c)
}

// Release gives a share back.
func Release(c Config, database dbbackend.Config) { pool.Release(c.key(database)) }

// Each calls f with every cache in use.
func Each(f func(*Cache)) { pool.Each(f) }

// Acquire returns the cache for a configuration, and acquires its database. The caller
// must call Release.
func Acquire(c Config, config dbbackend.Config) (*Cache, error) {
	return pool.Acquire(c.key(config), func() (*Cache, error) {
		tier, err := c.Shared()
		if err != nil {
			return nil, err
		}
		config.Followed = c.Followed
		d, err := databases.Acquire(config)
		if err != nil {
			return nil, err
		}
		var follower *feed.Feed
		if c.Followed {
			if follower, err = feed.New(feed.Config{URL: c.Changes, Servers: d.Servers()}); err != nil {
				databases.Release(config)
				return nil, fmt.Errorf("cache: changes: %w", err)
			}
		}
		made := &Cache{Name: d.Name, location: d.Location, Redis: c.redacted(), events: &events{database: d.Name}}
		if tier != nil {
			tier.Events = made.events
		}
		made.Cache = cache.New(cache.Config{
			Store: d.Backend, Size: c.Size, TTL: c.TTL, Followed: c.Followed, Shared: tier, Counters: counters,
			Others: Of(d.Location),
		})
		made.release = []func(){d.OnSchemaChange(made.Purge), func() { databases.Release(config) }}
		ctx, stop := context.WithCancel(context.Background())
		made.stop = stop
		made.Begin = sync.OnceFunc(func() {
			made.Start()
			if follower != nil {
				made.running.Go(func() { follower.Run(ctx, &followed{Cache: made.Cache, events: made.events}) })
			}
		})
		return made, nil
	})
}

// Of iterates over the caches of a database. Sites with different settings have several,
// and so have the old and the new configuration during a reload. A write through one
// of them invalidates all.
func Of(location string) iter.Seq[*cache.Cache] {
	return func(yield func(*cache.Cache) bool) {
		more := true
		pool.Each(func(c *Cache) {
			if more && c.location == location {
				more = yield(c.Cache)
			}
		})
	}
}

// Shared returns the settings of the tier in Redis, or nil.
func (c Config) Shared() (*cache.Redis, error) {
	if c.Redis == "" {
		return nil, nil
	}
	url, err := redisdb.Parse(c.Redis)
	if err != nil {
		return nil, err
	}
	sealer, err := seal.New([]byte(c.Key), SealPurpose)
	if err != nil {
		return nil, err
	}
	prefix := "glance-registry:" + cache.Format + ":" + sealer.Name(c.sharers())
	return &cache.Redis{Open: url.OpenWith, Sealer: sealer, Prefix: prefix, TTL: c.TTL}, nil
}

// redacted is the URL of Redis without its password; empty: no Redis.
func (c Config) redacted() string {
	url, err := redisdb.Parse(c.Redis)
	if c.Redis == "" || err != nil {
		return ""
	}
	return url.Redacted()
}

// sharers names the gateways that share values in a Redis. Gateways that follow changes
// keep values for a long time, so they do not use those of gateways that don't, which
// may read from a server that lags.
func (c Config) sharers() string {
	if c.Followed {
		return c.Namespace + "\x00changes"
	}
	return c.Namespace
}

// InUse returns the number of caches in use.
func InUse() int { return pool.Len() }

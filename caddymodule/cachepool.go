package caddymodule

import (
	"context"
	"crypto/sha256"
	"fmt"
	"iter"
	"sync"

	"github.com/glancegate/glancegate/cache"
	"github.com/glancegate/glancegate/cache/codec"
	"github.com/glancegate/glancegate/cache/redisdb"
	"github.com/glancegate/glancegate/cache/seal"
	"github.com/glancegate/glancegate/cache/shared"
	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/dbbackend/feed"
)

var caches = newPool[*databaseCache]()

// databaseCache is a value of caches: a cache with its share in a database.
type databaseCache struct {
	*cache.Cache

	name     string // the database's URL without its password
	location string // of the database
	redis    string // URL of Redis without its password; empty: none
	events   *cacheEvents

	// begin connects to Redis and begins to follow the database, once.
	begin func()

	stop    context.CancelFunc
	running sync.WaitGroup
	release []func()
}

// Destruct implements caddy.Destructor.
func (c *databaseCache) Destruct() error {
	c.stop()
	c.running.Wait()
	c.Close() // the connections to Redis
	for _, f := range c.release {
		f()
	}
	return nil
}

func (c cacheConfig) poolKey(database dbbackend.Config) poolKey {
	return sha256.Sum256(fmt.Appendf(nil, "%x %#v", keyOf(database), c))
}

// acquireCache takes a share in a cache, which has one in its database.
func acquireCache(key poolKey, c cacheConfig, config dbbackend.Config) (*databaseCache, error) {
	return caches.acquire(key, func() (*databaseCache, error) {
		tier, redacted, err := c.sharedTier()
		if err != nil {
			return nil, err
		}
		config.Followed = c.followed
		d, err := acquireDatabase(keyOf(config), config)
		if err != nil {
			return nil, err
		}
		var follower *feed.Feed
		if c.followed {
			if follower, err = feed.New(feed.Config{URL: c.changes, Servers: d.Servers()}); err != nil {
				databases.release(keyOf(config))
				return nil, fmt.Errorf("cache: changes: %w", err)
			}
		}
		made := &databaseCache{name: d.name, location: d.location, redis: redacted, events: &cacheEvents{database: d.name}}
		if tier != nil {
			tier.Events = made.events
		}
		made.Cache = cache.New(cache.Config{
			Store: d.Backend, Size: c.size, TTL: c.ttl, Followed: c.followed, Shared: tier, Counters: cacheCounters,
			Others: cachesOf(d.location),
		})
		made.release = []func(){d.OnSchemaChange(made.Purge), func() { databases.release(keyOf(config)) }}
		ctx, stop := context.WithCancel(context.Background())
		made.stop = stop
		made.begin = sync.OnceFunc(func() {
			made.Start()
			if follower != nil {
				made.running.Go(func() { follower.Run(ctx, followed{made.Cache, made.events}) })
			}
		})
		return made, nil
	})
}

// cachesOf are the caches of a database. Sites of one gateway can have several,
// with different settings, and so have the old and the new configuration during a
// reload; what is written through one of them is dropped from all.
func cachesOf(location string) iter.Seq[*cache.Cache] {
	return func(yield func(*cache.Cache) bool) {
		more := true
		caches.each(func(c *databaseCache) {
			if more && c.location == location {
				more = yield(c.Cache)
			}
		})
	}
}

// sharedTier is the settings of the tier in Redis, and its URL for logs; nil
// where there is none.
func (c cacheConfig) sharedTier() (*shared.Config, string, error) {
	if c.redis == "" {
		return nil, "", nil
	}
	url, err := redisdb.Parse(c.redis)
	if err != nil {
		return nil, "", err
	}
	sealer, err := seal.New([]byte(c.key), sealPurpose)
	if err != nil {
		return nil, "", err
	}
	prefix := "glance-registry:" + codec.Format + ":" + sealer.Name(c.sharers())
	return &shared.Config{Open: url.OpenWith, Sealer: sealer, Prefix: prefix, TTL: c.ttl}, url.Redacted(), nil
}

// sharers names the gateways that share what is in one Redis. Those that follow
// the changes keep values for long, so they take none of those that don't, which
// may read a server that lags behind.
func (c cacheConfig) sharers() string {
	if c.followed {
		return c.namespace + "\x00changes"
	}
	return c.namespace
}

package caddymodule

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/dustin/go-humanize"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/glancegate/glancegate/cache/redisdb"
	"github.com/glancegate/glancegate/cache/seal"
	"github.com/glancegate/glancegate/caddymodule/internal/caches"
	"github.com/glancegate/glancegate/caddymodule/internal/placeholder"
	"github.com/glancegate/glancegate/internal/dburl"
)

// Cache configures the cache in front of the database.
type Cache struct {
	// Have no cache, whatever the global block says. Default: false.
	Off bool `json:"off,omitempty"`

	// Memory for the cache in this process, in bytes. Default: 64 MiB.
	Size int64 `json:"size,omitempty"`

	// How old an answer may be, counted from when the database was read.
	// Default: 2s; with `changes` 10m.
	TTL caddy.Duration `json:"ttl,omitempty"`

	// Follow the changes of the database. Nothing is cached while that does not
	// work. Default: do not follow.
	Changes *Changes `json:"changes,omitempty"`

	// A cache that all gateways share, through which they also notify each other of
	// changes: `redis://`, `rediss://`, `unix://`, `redis+sentinel://` or
	// `redis+cluster://`. Default: none.
	Redis string `json:"redis,omitempty"`

	// A secret, the same on all gateways, that seals the values in Redis. Write it
	// as `{file./path}` or `{env.NAME}`. Required unless Redis is on a loopback
	// address or a Unix socket. Default: derived from the database's URL.
	Key string `json:"key,omitempty"`

	// A name for the database, the same on all gateways of a cloud. Gateways with
	// the same name share the values in Redis. Default: the database's URL,
	// without its password.
	Namespace string `json:"namespace,omitempty"`

	// Say in the header `X-Glance-Registry-Cache` where an answer came from.
	// Default: false.
	DebugHeader bool `json:"debug_header,omitempty"`

	// Keep glance-api's answers to reads of metadata, and give them again to the
	// same identity. Needs `pass_through`, `identity keystone` and `changes`.
	// Default: every such request goes to glance-api.
	PublicReads *PublicReads `json:"public_reads,omitempty"`
}

// Changes configures how changes of the database are followed.
type Changes struct {
	// Where to listen, if the database's URL names a pooler such as PgBouncer.
	// Default: the database's URL.
	URL string `json:"url,omitempty"`
}

// cacheHeader says where an answer came from, if debug_header is on.
const cacheHeader = "X-Glance-Registry-Cache"

func (h *Handler) cached() bool { return h.Cache != nil && !h.Cache.Off }

const (
	defaultCacheSize = 64 << 20
	minCacheSize     = 1 << 20

	defaultTTL         = 2 * time.Second
	defaultTTLFollowed = 10 * time.Minute
	maxTTL             = 24 * time.Hour
)

func (c *Cache) check() error {
	switch {
	case c.Size < 0 || c.Size > 0 && c.Size < minCacheSize:
		return fmt.Errorf("cache: size %d is less than %s", c.Size, humanize.IBytes(minCacheSize))
	case c.TTL < 0:
		return fmt.Errorf("cache: ttl %s is negative; write `cache off` for no cache", time.Duration(c.TTL))
	case time.Duration(c.TTL) > maxTTL:
		return fmt.Errorf("cache: ttl %s is more than %s", time.Duration(c.TTL), maxTTL)
	case c.Redis == "" && (c.Key != "" || c.Namespace != ""):
		return errors.New("cache: key and namespace are for Redis; add `redis <url>` or remove them")
	case c.Namespace != "" && c.Key == "":
		return errors.New("cache: namespace is for gateways that share a cache, and these need the same key; add `key {file./etc/glance/registry-cache.key}`")
	case c.PublicReads != nil:
		return c.PublicReads.check()
	}
	return nil
}

// config completes the settings for a database. It checks them as far as possible
// without a connection.
func (c *Cache) config(database string) (caches.Config, error) {
	config := caches.Config{
		Size:     cmp.Or(c.Size, defaultCacheSize),
		TTL:      cmp.Or(time.Duration(c.TTL), defaultTTL),
		Followed: c.Changes != nil,
	}
	for _, setting := range []struct {
		name, text string
		to         *string
	}{{"redis", c.Redis, &config.Redis}, {"key", c.Key, &config.Key}, {"namespace", c.Namespace, &config.Namespace}} {
		var err error
		if *setting.to, err = placeholder.Expand(setting.text); err != nil {
			return config, fmt.Errorf("cache: %s: %w", setting.name, err)
		}
	}
	if config.Followed {
		url, err := placeholder.Expand(c.Changes.URL)
		if err != nil {
			return config, fmt.Errorf("cache: changes: %w", err)
		}
		config.TTL = cmp.Or(time.Duration(c.TTL), defaultTTLFollowed)
		config.Changes = cmp.Or(url, database)
	}
	if config.Redis == "" {
		return config, nil
	}
	url, err := redisdb.Parse(config.Redis)
	if err != nil {
		return config, fmt.Errorf("cache: the URL of redis %w", err)
	}
	switch {
	case config.Key == "" && !url.Local():
		return config, errors.New("cache: Redis is not on this host, so its values have to be sealed: " +
			"add `key {file./etc/glance/registry-cache.key}`; make one with: openssl rand -base64 32")
	case config.Key == "":
		config.Key = "the secrets of this database " + database
	}
	if config.Namespace == "" {
		u, err := dburl.Parse(database)
		if err != nil {
			return config, err
		}
		config.Namespace = u.Redacted()
	}
	if _, err := seal.New([]byte(config.Key), caches.SealPurpose); err != nil {
		return config, fmt.Errorf("cache: key %w", err)
	}
	return config, nil
}

// parseCache reads `cache off` and the block.
//
//	cache {
//		size      <size>
//		ttl       <duration>
//		changes   [<url>]
//		redis     <url>
//		key       <secret>
//		namespace <name>
//		debug_header
//		public_reads {
//			...
//		}
//	}
func parseCache(d *caddyfile.Dispenser, s *Settings) error {
	s.Cache = new(Cache)
	if d.NextArg() {
		if d.Val() != "off" || d.NextArg() {
			return usage(d, "cache off, or cache { ... }")
		}
		s.Cache.Off = true
		return nil
	}
	return cacheGrammar.block(d, "cache", s.Cache)
}

var cacheGrammar = grammar[Cache]{
	"size":         size(func(c *Cache) *int64 { return &c.Size }),
	"ttl":          duration(func(c *Cache) *caddy.Duration { return &c.TTL }),
	"changes":      parseChanges,
	"redis":        text("url", func(c *Cache) *string { return &c.Redis }),
	"key":          text("secret", func(c *Cache) *string { return &c.Key }),
	"namespace":    text("name", func(c *Cache) *string { return &c.Namespace }),
	"debug_header": flag(func(c *Cache) *bool { return &c.DebugHeader }),
	"public_reads": parsePublicReads,
}

func parseChanges(d *caddyfile.Dispenser, c *Cache) error {
	c.Changes = new(Changes)
	if d.NextArg() {
		c.Changes.URL = d.Val()
	}
	if d.NextArg() {
		return usage(d, "changes [<url>]")
	}
	return nil
}

package caddymodule

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/dustin/go-humanize"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/glancegate/glancegate/identity/keystone"
)

// PublicReads configures which of glance-api's answers are cached and served again
// to the same identity.
type PublicReads struct {
	// Maximum age of an answer. It bounds the effect of changes outside the database:
	// policy files, property protections, options and stores of glance-api.
	// Default: 60s.
	TTL caddy.Duration `json:"ttl,omitempty"`

	// Cache lists of images. Default: true.
	Lists *bool `json:"lists,omitempty"`

	// Cache schemas, which only the ttl and a purge drop. Default: true.
	Schemas *bool `json:"schemas,omitempty"`

	// Largest answer that is kept, in bytes. Default: 1 MiB.
	MaxBody int64 `json:"max_body,omitempty"`
}

const (
	defaultPublicTTL = time.Minute
	maxPublicTTL     = time.Hour

	defaultPublicBody = 1 << 20
	minPublicBody     = 1 << 10
	maxPublicBody     = 16 << 20
)

func (p *PublicReads) check() error {
	switch {
	case p.TTL < 0 || time.Duration(p.TTL) > maxPublicTTL:
		return fmt.Errorf("cache: public_reads: ttl %s is not between 0 and %s", time.Duration(p.TTL), maxPublicTTL)
	case p.MaxBody != 0 && (p.MaxBody < minPublicBody || p.MaxBody > maxPublicBody):
		return fmt.Errorf("cache: public_reads: max_body %d is not between %s and %s", p.MaxBody,
			humanize.IBytes(minPublicBody), humanize.IBytes(maxPublicBody))
	}
	return nil
}

func (p *PublicReads) ttl() time.Duration { return cmp.Or(time.Duration(p.TTL), defaultPublicTTL) }

func (p *PublicReads) maxBody() int64 { return cmp.Or(p.MaxBody, defaultPublicBody) }

// publicReads is the settings of public reads where they are on, and nil where
// they are not.
func (s *Settings) publicReads() *PublicReads {
	if s.Cache == nil || s.Cache.Off {
		return nil
	}
	return s.Cache.PublicReads
}

// checkPublicReads refuses public_reads where answers could be given to the wrong
// caller or for too long.
func (h *Handler) checkPublicReads() error {
	if h.publicReads() == nil {
		return nil
	}
	if !enabled(h.PassThrough, false) {
		return errors.New("cache: public_reads keeps answers of glance-api, which this site does not reach: " +
			"add `pass_through` and a reverse_proxy, or give this site a `cache` block without public_reads")
	}
	if _, ok := h.identity.(*keystone.Identifier); !ok {
		return errors.New("cache: public_reads gives an answer to those only whom glance-api has given it to, " +
			"and has to know them by their tokens: use `identity keystone`")
	}
	if h.Cache.Changes == nil {
		return errors.New("cache: public_reads has to know of every change of the database: add `changes` to the `cache` block")
	}
	return nil
}

// parsePublicReads reads the subdirective and its block.
//
//	public_reads {
//		ttl      <duration>
//		lists    [on|off]
//		schemas  [on|off]
//		max_body <size>
//	}
func parsePublicReads(d *caddyfile.Dispenser, c *Cache) error {
	c.PublicReads = new(PublicReads)
	if d.NextArg() {
		return usage(d, "public_reads, or public_reads { ... }")
	}
	return publicReadsGrammar.block(d, "public_reads", c.PublicReads)
}

var publicReadsGrammar = grammar[PublicReads]{
	"ttl":      duration(func(p *PublicReads) *caddy.Duration { return &p.TTL }),
	"lists":    toggle(func(p *PublicReads) **bool { return &p.Lists }),
	"schemas":  toggle(func(p *PublicReads) **bool { return &p.Schemas }),
	"max_body": size(func(p *PublicReads) *int64 { return &p.MaxBody }),
}

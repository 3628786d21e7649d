package caddymodule

import (
	"errors"
	"fmt"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/glancegate/glancegate/cache/redisdb"
	"github.com/glancegate/glancegate/caddymodule/internal/placeholder"
	"github.com/glancegate/glancegate/identity/keystone/sharedtokens"
)

// TokenRedis is a Redis for what Keystone says about tokens.
type TokenRedis struct {
	// Where it is: `redis://`, `rediss://`, `redis+sentinel://` or
	// `redis+cluster://`. Required.
	URL string `json:"url"`

	// The secret that seals the values and hides the tokens, of 16 characters
	// at least. All gateways of a Redis have the same. Required.
	Key string `json:"key"`
}

// resolve replaces placeholders and refuses what can't work. Without a Redis the
// result is empty.
func (r *TokenRedis) resolve() (resolved TokenRedis, err error) {
	if r == nil {
		return resolved, nil
	}
	if resolved.URL, err = placeholder.Expand(r.URL); err != nil {
		return resolved, err
	}
	if resolved.Key, err = placeholder.Expand(r.Key); err != nil {
		return resolved, fmt.Errorf("key: %w", err)
	}
	if resolved.URL == "" {
		return resolved, errors.New("the URL is missing")
	}
	if resolved.Key == "" {
		return resolved, errors.New("key is missing: what is stored decides who somebody is; " +
			"write a secret as {env.NAME} or {file./path}, the same for all gateways")
	}
	store, err := resolved.open("")
	if err != nil {
		return resolved, err
	}
	return resolved, store.Close()
}

// open makes a store for a Keystone, or none. It does not connect.
func (r *TokenRedis) open(keystone string) (*sharedtokens.Store, error) {
	if r.URL == "" {
		return nil, nil
	}
	url, err := redisdb.Parse(r.URL)
	if err != nil {
		return nil, fmt.Errorf("the URL %w", err)
	}
	store, err := sharedtokens.New(url, []byte(r.Key), keystone)
	if err != nil {
		return nil, fmt.Errorf("key %w", err)
	}
	return store, nil
}

var tokenRedisGrammar = grammar[TokenRedis]{
	"key": text("secret", func(r *TokenRedis) *string { return &r.Key }),
}

func parseTokenRedis(d *caddyfile.Dispenser, k *KeystoneIdentity) error {
	k.Redis = new(TokenRedis)
	if !d.AllArgs(&k.Redis.URL) || k.Redis.URL == "" {
		return usage(d, "redis <url>")
	}
	return tokenRedisGrammar.block(d, "redis", k.Redis)
}

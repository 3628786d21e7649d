// Package keystones holds the validators in use, with their cached tokens. Handlers with
// the same settings share one.
package keystones

import (
	"fmt"

	"github.com/glancegate/glancegate/cache/redisdb"
	"github.com/glancegate/glancegate/caddymodule/internal/share"
	"github.com/glancegate/glancegate/identity/keystone"
	"github.com/glancegate/glancegate/internal/sharedtokens"
)

// pool keeps their tokens in memory over reloads.
var pool = share.NewPool[*Validator]()

// Validator is a validator in use.
type Validator struct {
	*keystone.Validator
	store *sharedtokens.Store // may be nil
}

// Destruct implements caddy.Destructor. Requests that still use the validator open new
// connections to Keystone, and do not use the store.
func (v *Validator) Destruct() error {
	v.Close()
	if v.store != nil {
		return v.store.Close()
	}
	return nil
}

// Redis configures a Redis for the results of token validations; without a URL there is
// none.
type Redis struct{ URL, Key string }

// open makes the store of a Keystone, or nil. It does not connect.
func (r Redis) open(keystone string) (*sharedtokens.Store, error) {
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

// Check checks the settings without connecting.
func (r Redis) Check() error {
	store, err := r.open("")
	if err != nil || store == nil {
		return err
	}
	return store.Close()
}

// Acquire returns the validator for a configuration without connecting. The caller must
// call Release.
func Acquire(config keystone.Config, redis Redis) (*Validator, share.Key, error) {
	key := share.KeyOf(config, redis)
	value, err := pool.Acquire(key, func() (*Validator, error) {
		v, err := keystone.New(config)
		if err != nil {
			return nil, err
		}
		v.Observe = observeValidation
		store, err := redis.open(v.URL())
		if err != nil {
			return nil, err
		}
		if store != nil {
			v.Shared = store
		}
		return &Validator{v, store}, nil
	})
	return value, key, err
}

// Release gives a share back.
func Release(key share.Key) { pool.Release(key) }

// AskAll calls f concurrently with all validators in use.
func AskAll[A any](f func(*Validator) A) []A { return share.AskAll(pool, f) }

// InUse returns the number of validators in use.
func InUse() int { return pool.Len() }

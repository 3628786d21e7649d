// Package keystones has what is remembered of the tokens of each Keystone that is in
// use, once for all handlers with the same settings.
package keystones

import (
	"fmt"

	"github.com/glancegate/glancegate/cache/redisdb"
	"github.com/glancegate/glancegate/caddymodule/internal/share"
	"github.com/glancegate/glancegate/identity/keystone"
	"github.com/glancegate/glancegate/identity/keystone/sharedtokens"
)

// pool keeps their tokens in memory over reloads.
var pool = share.NewPool[*Validator]()

// Validator is a validator that is in use.
type Validator struct {
	*keystone.Validator
	store *sharedtokens.Store // may be nil
}

// Destruct implements caddy.Destructor. Requests that still use the validator
// get new connections to Keystone, and do without the store.
func (v *Validator) Destruct() error {
	v.Close()
	if v.store != nil {
		return v.store.Close()
	}
	return nil
}

// Redis is a Redis for what Keystone says about tokens; without a URL there is
// none.
type Redis struct{ URL, Key string }

// open makes a store for a Keystone, or none. It does not connect.
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

// Check refuses what can't work, without a connection.
func (r Redis) Check() error {
	store, err := r.open("")
	if err != nil || store == nil {
		return err
	}
	return store.Close()
}

// Acquire takes a share in a validator, which does not connect yet.
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

// AskAll calls f with all validators that are in use, at the same time.
func AskAll[A any](f func(*Validator) A) []A { return share.AskAll(pool, f) }

// InUse is how many validators are in use.
func InUse() int { return pool.Len() }

package caddymodule

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/glancegate/glancegate/identity/keystone"
	"github.com/glancegate/glancegate/identity/keystone/sharedtokens"
)

// validators keep their tokens in memory over reloads.
var validators = newPool[*validator]()

// validator is a value of validators.
type validator struct {
	*keystone.Validator
	store *sharedtokens.Store // may be nil
}

// Destruct implements caddy.Destructor. Requests that still use the validator
// get new connections to Keystone, and do without the store.
func (v *validator) Destruct() error {
	v.Close()
	if v.store != nil {
		return v.store.Close()
	}
	return nil
}

func keyOfValidator(config keystone.Config, redis TokenRedis) poolKey {
	return sha256.Sum256(fmt.Appendf(nil, "%#v %q %q", config, redis.URL, redis.Key))
}

func acquireValidator(key poolKey, config keystone.Config, redis TokenRedis) (*keystone.Validator, error) {
	value, err := validators.acquire(key, func() (*validator, error) {
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
		return &validator{v, store}, nil
	})
	if err != nil {
		return nil, err
	}
	return value.Validator, nil
}

// keystoneHealth is the state of one Keystone.
type keystoneHealth struct {
	URL         string     `json:"url"`
	Reachable   bool       `json:"reachable"` // and takes the service user for what it is
	Error       string     `json:"error,omitempty"`
	LastSuccess *time.Time `json:"last_success,omitempty"` // of a validation
	LastFailure *time.Time `json:"last_failure,omitempty"`
	LastError   string     `json:"last_error,omitempty"`
}

// healthOf asks a Keystone, and says how it went so far.
func healthOf(ctx context.Context, v *validator) keystoneHealth {
	so := v.Health()
	h := keystoneHealth{URL: v.URL(), Reachable: true, LastSuccess: timeOrNil(so.LastSuccess), LastFailure: timeOrNil(so.LastFailure)}
	if so.Err != nil {
		h.LastError = so.Err.Error()
	}
	if err := v.Check(ctx); err != nil {
		h.Reachable, h.Error = false, err.Error()
	}
	return h
}

// timeOrNil leaves times that never were out of JSON.
func timeOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Second)
	return &t
}

package caddymodule

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/glancegate/glancegate/identity/keystone"
	"github.com/glancegate/glancegate/identity/keystone/sharedtokens"
)

// validators are shared by all sites with the same settings, also by those of
// the old and the new configuration during a reload, which so keeps the tokens
// in memory. Nothing in them belongs to a configuration.
var validators = caddy.NewUsagePool()

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

// validatorKey tells validators apart without keeping their passwords.
type validatorKey [sha256.Size]byte

func keyOfValidator(config keystone.Config, redis TokenRedis) validatorKey {
	return sha256.Sum256(fmt.Appendf(nil, "%#v %q %q", config, redis.URL, redis.Key))
}

func acquireValidator(key validatorKey, config keystone.Config, redis TokenRedis) (*keystone.Validator, error) {
	value, _, err := validators.LoadOrNew(key, func() (caddy.Destructor, error) {
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
	return value.(*validator).Validator, nil
}

func releaseValidator(key validatorKey) {
	_, _ = validators.Delete(key) // Destruct does not fail
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

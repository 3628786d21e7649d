// Package sharedtokens keeps the results of token validations in Redis, so that the
// gateways of a cloud validate a token once. Without the secret, neither tokens nor
// results can be read there, and no valid value can be forged.
package sharedtokens

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/glancegate/glancegate/cache/redisdb"
	"github.com/glancegate/glancegate/cache/seal"
	"github.com/glancegate/glancegate/internal/breaker"
)

// prefix begins all keys; the number is that of the format of the values.
const prefix = "glance_registry:token:1:"

// pause is how long Redis is not used after a failure.
const pause = time.Second

// Store is a keystone.Shared in a Redis. No call takes longer than redisdb.Timeout,
// and after a failure Redis is not used for a second.
type Store struct {
	client  redis.UniversalClient
	sealer  *seal.Sealer
	realm   string
	breaker *breaker.Breaker
}

// New makes a Store. Stores with the same secret, of at least seal.MinSecret
// bytes, and the same address of Keystone share their values. It opens no
// connection.
func New(url *redisdb.URL, secret []byte, keystone string) (*Store, error) {
	sealer, err := seal.New(secret, "glance_registry tokens")
	if err != nil {
		return nil, err
	}
	client, err := url.Open()
	if err != nil {
		return nil, err
	}
	return &Store{client: client, sealer: sealer, realm: keystone, breaker: breaker.New(pause)}, nil
}

// Close closes the connections.
func (s *Store) Close() error { return s.client.Close() }

// Get returns the value for a token.
func (s *Store) Get(ctx context.Context, token string) (value []byte, ok bool) {
	name := s.name(token)
	err := s.try(ctx, func(ctx context.Context) (err error) {
		value, err = s.client.Get(ctx, name).Bytes()
		return err
	})
	if err != nil {
		return nil, false
	}
	value, err = s.sealer.Open(name, value)
	return value, err == nil
}

// Set stores the value for a token, for a time.
func (s *Store) Set(ctx context.Context, token string, value []byte, ttl time.Duration) {
	if ttl < time.Millisecond {
		return
	}
	name := s.name(token)
	_ = s.try(ctx, func(ctx context.Context) error {
		return s.client.Set(ctx, name, s.sealer.Seal(name, value), ttl).Err()
	})
}

// name is the key of a token's value.
func (s *Store) name(token string) string { return prefix + s.sealer.Name(s.realm+"\n"+token) }

var errOpen = errors.New("no use of Redis after a failure")

func (s *Store) try(ctx context.Context, f func(context.Context) error) error {
	if !s.breaker.Allow() {
		return errOpen
	}
	ctx, cancel := context.WithTimeout(ctx, redisdb.Timeout)
	defer cancel()
	err := f(ctx)
	if err != nil && !errors.Is(err, redis.Nil) && !errors.Is(err, context.Canceled) {
		s.breaker.Failure()
	}
	return err
}

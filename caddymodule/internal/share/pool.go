// Package share has values that the handlers of a process share, including those of the
// old and the new configuration during a reload.
package share

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"

	"github.com/caddyserver/caddy/v2"
)

// Pool holds values by settings. Handlers with the same settings share a value. The
// values do not belong to a configuration.
type Pool[V caddy.Destructor] struct{ usage *caddy.UsagePool }

// NewPool makes an empty pool.
func NewPool[V caddy.Destructor]() Pool[V] { return Pool[V]{caddy.NewUsagePool()} }

// Key identifies settings without containing passwords.
type Key [sha256.Size]byte

// KeyOf is the key of settings, which are formatted with %#v.
func KeyOf(settings ...any) Key {
	h := sha256.New()
	for _, s := range settings {
		fmt.Fprintf(h, "%#v\n", s)
	}
	return Key(h.Sum(nil))
}

// Acquire returns the value of a key, and makes it if it does not exist.
func (p Pool[V]) Acquire(key Key, make func() (V, error)) (V, error) {
	value, _, err := p.usage.LoadOrNew(key, func() (caddy.Destructor, error) { return make() })
	if err != nil {
		var none V
		return none, err
	}
	return value.(V), nil
}

// Release must be called once for each Acquire. The last call destructs the value.
func (p Pool[V]) Release(key Key) {
	_, _ = p.usage.Delete(key) // no Destruct of ours fails
}

// Each calls f with every value in use, which is not destructed meanwhile.
func (p Pool[V]) Each(f func(V)) {
	for _, key := range p.keys() {
		value, err := p.inUse(key)
		if err != nil {
			continue
		}
		f(value)
		p.Release(key)
	}
}

// AskAll calls f concurrently with all values in use, which are not destructed meanwhile.
func AskAll[V caddy.Destructor, A any](p Pool[V], f func(V) A) []A {
	keys := p.keys()
	answers := make([]*A, len(keys))
	var asking sync.WaitGroup
	for n, key := range keys {
		value, err := p.inUse(key)
		if err != nil {
			continue
		}
		asking.Go(func() {
			defer p.Release(key)
			answers[n] = new(f(value))
		})
	}
	asking.Wait()
	var list []A
	for _, answer := range answers {
		if answer != nil {
			list = append(list, *answer)
		}
	}
	return list
}

// Len returns the number of values in use.
func (p Pool[V]) Len() int { return len(p.keys()) }

func (p Pool[V]) keys() (keys []Key) {
	p.usage.Range(func(key, _ any) bool {
		keys = append(keys, key.(Key))
		return true
	})
	return keys
}

// inUse acquires a value that is in use.
func (p Pool[V]) inUse(key Key) (V, error) {
	return p.Acquire(key, func() (none V, err error) { return none, errGone })
}

var errGone = errors.New("not in use any more")

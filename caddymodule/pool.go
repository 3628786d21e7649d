package caddymodule

import (
	"crypto/sha256"
	"errors"
	"sync"

	"github.com/caddyserver/caddy/v2"
)

// pool holds what handlers with the same settings share, also those of the old
// and the new configuration during a reload. Nothing in it belongs to a
// configuration.
type pool[V caddy.Destructor] struct{ usage *caddy.UsagePool }

func newPool[V caddy.Destructor]() pool[V] { return pool[V]{caddy.NewUsagePool()} }

// poolKey tells settings apart without keeping passwords.
type poolKey [sha256.Size]byte

// acquire takes a share in the value of a key, which is made for the first.
func (p pool[V]) acquire(key poolKey, make func() (V, error)) (V, error) {
	value, _, err := p.usage.LoadOrNew(key, func() (caddy.Destructor, error) { return make() })
	if err != nil {
		var none V
		return none, err
	}
	return value.(V), nil
}

// release gives a share back. The last one ends the value.
func (p pool[V]) release(key poolKey) {
	_, _ = p.usage.Delete(key) // no Destruct of ours fails
}

// each calls f with every value that is in use, and keeps it meanwhile.
func (p pool[V]) each(f func(V)) {
	for _, key := range p.keys() {
		value, err := p.inUse(key)
		if err != nil {
			continue
		}
		f(value)
		p.release(key)
	}
}

// askAll calls f with every value that is in use, with all at the same time, and
// keeps them meanwhile.
func askAll[V caddy.Destructor, A any](p pool[V], f func(V) A) []A {
	keys := p.keys()
	answers := make([]*A, len(keys))
	var asking sync.WaitGroup
	for n, key := range keys {
		value, err := p.inUse(key)
		if err != nil {
			continue
		}
		asking.Go(func() {
			defer p.release(key)
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

func (p pool[V]) keys() (keys []poolKey) {
	p.usage.Range(func(key, _ any) bool {
		keys = append(keys, key.(poolKey))
		return true
	})
	return keys
}

// inUse takes a share in a value that somebody has a share in.
func (p pool[V]) inUse(key poolKey) (V, error) {
	return p.acquire(key, func() (none V, err error) { return none, errGone })
}

var errGone = errors.New("not in use any more")

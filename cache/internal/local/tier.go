// Package local is the cache inside the process. It evicts the least recently used
// values to stay within a budget of bytes. Leases prevent that a value is stored after
// it was dropped.
package local

import (
	"hash/maphash"
	"time"
)

// Tier keeps values of type V by key. All methods may be called concurrently.
//
// A value is stored with a lease that was taken before the value was read. Dropping
// a key ends its leases, so a value read before a drop is never stored after it.
type Tier[V any] struct {
	seed   maphash.Seed
	shards []*shard[V]
}

// Value is a value with its times and version.
type Value[V any] struct {
	V V

	// Read is when the read of the value began, Done when it had ended, and Expires
	// until when the value may be used.
	Read, Done, Expires time.Time

	// Version is unique for each stored value, and 0 for values that are not stored.
	Version uint64
}

const (
	maxShards   = 16
	minPerShard = 4 << 20 // bytes
)

// New makes a Tier with a budget in bytes. evicted is called with the number of
// evicted values and when the read of the newest of them ended; it must not call the
// Tier.
func New[V any](budget int64, evicted func(values int, done time.Time)) *Tier[V] {
	count := min(max(budget/minPerShard, 1), maxShards)
	t := &Tier[V]{seed: maphash.MakeSeed(), shards: make([]*shard[V], count)}
	for n := range t.shards {
		t.shards[n] = newShard[V](budget/count, evicted)
	}
	return t
}

func (t *Tier[V]) shard(key string) *shard[V] {
	return t.shards[maphash.String(t.seed, key)%uint64(len(t.shards))]
}

// Get returns a value that has not expired.
func (t *Tier[V]) Get(key string, now time.Time) (Value[V], bool) {
	return t.shard(key).get(key, now)
}

// Drop removes values and ends the leases of their keys.
func (t *Tier[V]) Drop(keys ...string) {
	for _, key := range keys {
		t.shard(key).drop(key)
	}
}

// Block drops a key and keeps values out until release is called, which drops the key
// once more. A key may be blocked several times.
func (t *Tier[V]) Block(key string) (release func()) {
	t.shard(key).block(key)
	return func() { t.shard(key).release(key) }
}

// Clear removes all values and ends all leases.
func (t *Tier[V]) Clear() {
	for _, s := range t.shards {
		s.clear()
	}
}

// Size returns the number of values and the bytes that they count for.
func (t *Tier[V]) Size() (values int, bytes int64) {
	for _, s := range t.shards {
		n, b := s.size()
		values, bytes = values+n, bytes+b
	}
	return values, bytes
}

// Grow increases the bytes that a value counts for, if it is still there.
func (t *Tier[V]) Grow(key string, is func(V) bool, bytes int) {
	t.shard(key).grow(key, is, int64(bytes))
}

// DropIf forgets a value if it still is one of a kind. Leases go on.
func (t *Tier[V]) DropIf(key string, is func(Value[V]) bool) { t.shard(key).dropIf(key, is) }

// Each shows everything that is kept, with what it counts for. It must not call the
// Tier.
func (t *Tier[V]) Each(show func(v Value[V], bytes int64)) {
	for _, s := range t.shards {
		s.each(show)
	}
}

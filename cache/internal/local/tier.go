// Package local is the cache inside the process: least recently used values
// within a budget of bytes, and leases that keep a value from being stored after
// it was dropped.
package local

import (
	"hash/maphash"
	"time"
)

// Tier keeps values of type V by key. All methods may be called at any time
// from any goroutine.
//
// A value is stored by the holder of a lease that it took before it began to
// read the value. Dropping a key ends the leases on it, so what was read before
// a drop is never stored after it.
type Tier[V any] struct {
	seed   maphash.Seed
	shards []*shard[V]
}

// Value is something that is kept.
type Value[V any] struct {
	V V

	// Read is when reading it began, Done when it had ended, Expires until when
	// it may be used.
	Read, Done, Expires time.Time

	// Version is different for every value that is stored. Values that are not
	// stored have none: 0.
	Version uint64
}

const (
	maxShards   = 16
	minPerShard = 4 << 20 // bytes
)

// New makes a Tier that keeps values of that many bytes together. evicted is
// told how many values were dropped for lack of room, and when the reading of the
// youngest had ended; it must not call the Tier.
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

// Drop forgets values and ends the leases on their keys.
func (t *Tier[V]) Drop(keys ...string) {
	for _, key := range keys {
		t.shard(key).drop(key)
	}
}

// Block drops a key and keeps it out until release is called, which drops it
// once more. Holds of one key add up.
func (t *Tier[V]) Block(key string) (release func()) {
	t.shard(key).block(key)
	return func() { t.shard(key).release(key) }
}

// Clear forgets everything and ends all leases.
func (t *Tier[V]) Clear() {
	for _, s := range t.shards {
		s.clear()
	}
}

// Size is how many values there are and how many bytes they count for.
func (t *Tier[V]) Size() (values int, bytes int64) {
	for _, s := range t.shards {
		n, b := s.size()
		values, bytes = values+n, bytes+b
	}
	return values, bytes
}

// Grow adds to what a value counts for, if it is still there.
func (t *Tier[V]) Grow(key string, is func(V) bool, bytes int) {
	t.shard(key).grow(key, is, int64(bytes))
}

// DropIf forgets a value if it still is one of a kind. Leases go on.
func (t *Tier[V]) DropIf(key string, is func(V) bool) { t.shard(key).dropIf(key, is) }

// Each shows everything that is kept, with what it counts for. It must not call the
// Tier.
func (t *Tier[V]) Each(show func(v Value[V], bytes int64)) {
	for _, s := range t.shards {
		s.each(show)
	}
}

package local

import (
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// shard is a part of a Tier with its own lock.
type shard[V any] struct {
	budget  int64
	evicted func(int, time.Time)

	mu      sync.Mutex
	values  *simplelru.LRU[string, *stored[V]]
	bytes   int64
	leases  map[string][]*Lease[V]
	blocked map[string]int
}

type stored[V any] struct {
	Value[V]
	bytes int64
}

// versions numbers all stored values of this process.
var versions atomic.Uint64

// overhead is the memory of a value besides its own bytes and its key: a list node, a
// map entry, and the overhead of allocations.
const overhead = 320

func newShard[V any](budget int64, evicted func(int, time.Time)) *shard[V] {
	values, _ := simplelru.NewLRU[string, *stored[V]](math.MaxInt, nil) // only fails for sizes below 1
	return &shard[V]{
		budget: budget, evicted: evicted, values: values,
		leases: map[string][]*Lease[V]{}, blocked: map[string]int{},
	}
}

func (s *shard[V]) get(key string, now time.Time) (Value[V], bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.values.Get(key)
	if !ok || !now.Before(v.Expires) {
		return Value[V]{}, false
	}
	return v.Value, true
}

func (s *shard[V]) drop(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dropLocked(key)
}

func (s *shard[V]) dropLocked(key string) {
	s.remove(key)
	for _, l := range s.leases[key] {
		l.ended = true
	}
	delete(s.leases, key)
}

func (s *shard[V]) remove(key string) {
	if v, ok := s.values.Peek(key); ok {
		s.bytes -= v.bytes
		s.values.Remove(key)
	}
}

func (s *shard[V]) dropIf(key string, is func(Value[V]) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v, ok := s.values.Peek(key); ok && is(v.Value) {
		s.remove(key)
	}
}

func (s *shard[V]) each(show func(Value[V], int64)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, v := range s.values.Values() {
		show(v.Value, v.bytes)
	}
}

func (s *shard[V]) block(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.blocked[key]++
	s.dropLocked(key)
}

func (s *shard[V]) release(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dropLocked(key)
	if s.blocked[key]--; s.blocked[key] == 0 {
		delete(s.blocked, key)
	}
}

func (s *shard[V]) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.values.Purge()
	s.bytes = 0
	for _, leases := range s.leases {
		for _, l := range leases {
			l.ended = true
		}
	}
	clear(s.leases)
}

func (s *shard[V]) size() (int, int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.values.Len(), s.bytes
}

// store replaces the value of a key, unless that may have been read later, and evicts
// values if needed.
func (s *shard[V]) store(key string, v Value[V], bytes int64) (Value[V], bool) {
	bytes += int64(len(key)) + overhead
	if s.blocked[key] > 0 || bytes > s.budget {
		return v, false
	}
	if there, ok := s.values.Peek(key); ok && there.Done.After(v.Read) {
		return there.Value, false
	}
	s.remove(key)
	v.Version = versions.Add(1)
	s.values.Add(key, &stored[V]{Value: v, bytes: bytes})
	s.bytes += bytes
	s.makeRoom()
	return v, true
}

func (s *shard[V]) grow(key string, is func(V) bool, bytes int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v, ok := s.values.Peek(key); ok && is(v.V) {
		v.bytes += bytes
		s.bytes += bytes
		s.makeRoom()
	}
}

func (s *shard[V]) makeRoom() {
	gone, youngest := 0, time.Time{}
	for s.bytes > s.budget {
		_, oldest, ok := s.values.RemoveOldest()
		if !ok {
			break
		}
		s.bytes -= oldest.bytes
		gone++
		if oldest.Done.After(youngest) {
			youngest = oldest.Done
		}
	}
	if gone > 0 {
		s.evicted(gone, youngest)
	}
}

package local

import "slices"

// Lease is the right to store a value for a key. It is taken before the value is
// read, and ends when the key is dropped.
type Lease[V any] struct {
	shard *shard[V]
	key   string
	ended bool // guarded by the shard
}

// Lease takes a lease. The caller must call Done. If the key is blocked, the lease
// has ended already.
func (t *Tier[V]) Lease(key string) *Lease[V] {
	s := t.shard(key)
	l := &Lease[V]{shard: s, key: key}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.blocked[key] > 0 {
		l.ended = true
	} else {
		s.leases[key] = append(s.leases[key], l)
	}
	return l
}

// Ended reports whether the key was dropped or is blocked.
func (l *Lease[V]) Ended() bool {
	l.shard.mu.Lock()
	defer l.shard.mu.Unlock()
	return l.ended
}

// Put stores a value, unless the lease has ended or there is a value that may have
// been read later. It returns the value with its version, or the other value.
func (l *Lease[V]) Put(v Value[V], bytes int64) (Value[V], bool) {
	l.shard.mu.Lock()
	defer l.shard.mu.Unlock()
	if l.ended {
		return v, false
	}
	return l.shard.store(l.key, v, bytes)
}

// Done releases the lease.
func (l *Lease[V]) Done() {
	s := l.shard
	s.mu.Lock()
	defer s.mu.Unlock()
	if l.ended {
		return
	}
	l.ended = true
	s.leases[l.key] = slices.DeleteFunc(s.leases[l.key], func(other *Lease[V]) bool { return other == l })
	if len(s.leases[l.key]) == 0 {
		delete(s.leases, l.key)
	}
}

// PutWhile stores a value whose key was not known before it was read. valid has to
// report whether nothing at all was dropped since the read began. It is called under
// the lock that drops take.
func (t *Tier[V]) PutWhile(valid func() bool, key string, v Value[V], bytes int64) (Value[V], bool) {
	s := t.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !valid() {
		return v, false
	}
	return s.store(key, v, bytes)
}

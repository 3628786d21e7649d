package local

import "slices"

// Lease is the right to store the value of one key that is about to be read. It
// ends when the key is dropped.
type Lease[V any] struct {
	shard *shard[V]
	key   string
	ended bool // guarded by the shard
}

// Lease takes a lease, which has to be given back by Done. On a key that is
// held it has ended already.
func (t *Tier[V]) Lease(key string) *Lease[V] {
	s := t.shard(key)
	l := &Lease[V]{shard: s, key: key}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held[key] > 0 {
		l.ended = true
	} else {
		s.leases[key] = append(s.leases[key], l)
	}
	return l
}

// Ended reports whether the key was dropped or is held.
func (l *Lease[V]) Ended() bool {
	l.shard.mu.Lock()
	defer l.shard.mu.Unlock()
	return l.ended
}

// Put stores what was read, unless the lease has ended or there is a value that
// may have been read later. It returns the value with its version, or the later one.
func (l *Lease[V]) Put(v Value[V], bytes int64) (Value[V], bool) {
	l.shard.mu.Lock()
	defer l.shard.mu.Unlock()
	if l.ended {
		return v, false
	}
	return l.shard.store(l.key, v, bytes)
}

// Done gives the lease back.
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

// PutWhile stores a value whose key was not known before it was read. valid is
// asked under the lock that drops take: it has to report whether nothing at all
// was dropped since reading began.
func (t *Tier[V]) PutWhile(valid func() bool, key string, v Value[V], bytes int64) (Value[V], bool) {
	s := t.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !valid() {
		return v, false
	}
	return s.store(key, v, bytes)
}

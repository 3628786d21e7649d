package keystone

import (
	"crypto/hmac"
	"crypto/sha256"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// digest is the key of a token in a cache: a keyed hash, which does not reveal the
// token.
type digest [sha256.Size]byte

func digestOf(key []byte, token string) (d digest) {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(token))
	h.Sum(d[:0])
	return d
}

// memory remembers results for a limited time and number of tokens.
type memory[T any] struct {
	mu  sync.Mutex
	lru *simplelru.LRU[digest, remembered[T]]
}

type remembered[T any] struct {
	value T
	until time.Time
}

func newMemory[T any](size int) *memory[T] {
	lru, err := simplelru.NewLRU[digest, remembered[T]](size, nil)
	if err != nil {
		panic(err) // the size is not positive
	}
	return &memory[T]{lru: lru}
}

func (m *memory[T]) get(d digest, now time.Time) (value T, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.lru.Get(d)
	if ok && !now.Before(r.until) {
		m.lru.Remove(d)
		return value, false
	}
	return r.value, ok
}

func (m *memory[T]) put(d digest, value T, until time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.lru.Add(d, remembered[T]{value, until})
}

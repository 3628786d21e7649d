package netproxy

import (
	"sync"
	"sync/atomic"
)

// turns counts how often the client of one connection takes the floor.
type turns struct {
	mu     sync.Mutex
	client bool // spoke last
	count  *atomic.Int64
}

func (t *turns) clientSpeaks() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.client {
		t.client = true
		t.count.Add(1)
	}
}

func (t *turns) serverSpeaks() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.client = false
}

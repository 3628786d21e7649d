// Package reach knows which database servers connections lead to. An address
// can lead to several: a virtual address, a list of hosts, a load balancer. A
// cache that follows the changes of one of them must not be filled from another,
// which may not have got so far.
package dbserver

import "sync"

// Connections counts the open connections to each server. The zero value has none.
type Connections struct {
	mu        sync.Mutex
	open      map[string]int
	changed   chan struct{} // closed when a connection is opened; nil: nobody waits
	closeIdle func()
}

// OnCloseIdle has f called by Renew.
func (s *Connections) OnCloseIdle(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closeIdle = f
}

// CloseIdle closes connections that are idle, so that new ones may lead elsewhere.
// After a fail-over they can be of no use, which nobody notices before they are
// used.
func (s *Connections) CloseIdle() {
	s.mu.Lock()
	f := s.closeIdle
	s.mu.Unlock()
	if f != nil {
		f()
	}
}

// Opened notes a connection to a server. It is forgotten when closed is called,
// which may happen more than once.
func (s *Connections) Opened(server string) (closed func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == nil {
		s.open = map[string]int{}
	}
	s.open[server]++
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
	return sync.OnceFunc(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.open[server]--; s.open[server] == 0 {
			delete(s.open, server)
		}
	})
}

// Other is a server that a connection leads to and that is not the given one;
// empty if there is none. The answer holds until changed is closed.
func (s *Connections) Other(than string) (server string, changed <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changed == nil {
		s.changed = make(chan struct{})
	}
	for server := range s.open {
		if server != than {
			return server, s.changed
		}
	}
	return "", s.changed
}

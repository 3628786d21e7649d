// Package dbserver finds out to which database server a connection leads. An address
// can lead to several: a virtual address, a list of hosts, a load balancer. A cache
// that follows the changes of one server must not be filled from another, which may
// lag behind.
package dbserver

import "sync"

// Connections counts the open connections to each server. The zero value has none.
type Connections struct {
	mu        sync.Mutex
	open      map[string]int
	changed   chan struct{} // closed when a connection is opened; nil: not asked for
	closeIdle func()
}

// OnCloseIdle has f called by CloseIdle. It does nothing if s is nil.
func (s *Connections) OnCloseIdle(f func()) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closeIdle = f
}

// CloseIdle closes idle connections, so that new ones may lead elsewhere. After a
// fail-over idle connections may be broken without anything noticing.
func (s *Connections) CloseIdle() {
	s.mu.Lock()
	f := s.closeIdle
	s.mu.Unlock()
	if f != nil {
		f()
	}
}

// Opened counts a connection to a server until closed is called. Further calls of
// closed do nothing.
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

// Other returns another server than the given one to which a connection leads, or ""
// if there is none. The answer holds until changed is closed.
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

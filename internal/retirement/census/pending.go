package census

import (
	"sync"
	"time"
)

// key is what calls are counted by until they are written to the file.
type key struct {
	caller Caller
	hour   int64 // Unix time, in hours
	route  string
	write  bool
}

type counts struct {
	n           int64
	first, last time.Time
}

// maxPending bounds the keys between two writes; calls of further callers count as
// those of others.
const maxPending = 4096

// pending are calls that are not in the file yet.
type pending struct {
	mu    sync.Mutex
	calls map[key]*counts
}

func (p *pending) add(c Call) {
	k := key{caller: c.Caller, hour: hourOf(c.At), route: c.Route, write: c.Write}
	p.mu.Lock()
	defer p.mu.Unlock()
	n, known := p.calls[k]
	if !known {
		// Only what is new is cleaned: a clean text stays as it is.
		k.caller = k.caller.clean()
		if n = p.calls[k]; n == nil {
			n = p.newLocked(k, c.At)
		}
	}
	n.n++
	n.last = c.At
}

func (p *pending) newLocked(k key, at time.Time) *counts {
	if len(p.calls) >= maxPending {
		k.caller = others
		if n := p.calls[k]; n != nil {
			return n
		}
	}
	if p.calls == nil {
		p.calls = make(map[key]*counts)
	}
	n := &counts{first: at}
	p.calls[k] = n
	return n
}

// take empties it.
func (p *pending) take() map[key]*counts {
	p.mu.Lock()
	defer p.mu.Unlock()
	calls := p.calls
	p.calls = nil
	return calls
}

// putBack returns calls that could not be written.
func (p *pending) putBack(calls map[key]*counts) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for k, n := range calls {
		into, known := p.calls[k]
		if !known {
			into = p.newLocked(k, n.first)
		}
		into.n += n.n
		if n.last.After(into.last) {
			into.last = n.last
		}
		if n.first.Before(into.first) {
			into.first = n.first
		}
	}
}

func hourOf(t time.Time) int64 { return t.Unix() / 3600 }

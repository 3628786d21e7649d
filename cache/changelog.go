package cache

import (
	"sync"
	"sync/atomic"
)

// changelog is which images were dropped lately. A list depends on all changes since
// it was read, and most of them do not concern it.
type changelog struct {
	newest atomic.Pointer[change] // never nil

	mu     sync.Mutex
	recent [maxChanges]*change // by number
}

const (
	// maxChanges is how many changes are kept.
	maxChanges = 4096

	// maxChangedIDs is how many images a change may have. One of more images concerns
	// all lists.
	maxChangedIDs = 16
)

// change is a drop of records. Its fields do not change but for the last two.
type change struct {
	number uint64
	ids    []string
	any    bool // images that are not known

	settled atomic.Bool            // the records were dropped
	earlier atomic.Pointer[change] // nil: forgotten
}

func newChangelog() *changelog {
	l := new(changelog)
	first := &change{any: true}
	first.settled.Store(true)
	l.recent[0] = first
	l.newest.Store(first)
	return l
}

// number is that of the newest change.
func (l *changelog) number() uint64 { return l.newest.Load().number }

// add notes a change before its records are dropped: a record that was read before and
// is stored before the number counts is dropped afterwards. The caller settles it.
func (l *changelog) add(ids []string, any bool) *change {
	c := &change{ids: ids, any: any || len(ids) > maxChangedIDs}
	if c.any {
		c.ids = nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	last := l.newest.Load()
	c.number = last.number + 1
	c.earlier.Store(last)
	l.recent[c.number%maxChanges] = c
	if oldest := l.recent[(c.number+1)%maxChanges]; oldest != nil {
		oldest.earlier.Store(nil)
	}
	l.newest.Store(c)
	return c
}

// since calls f with the changes after a number, from c back to the earliest, until it
// returns false. It reports whether f has seen all of them.
func (c *change) since(number uint64, f func(*change) bool) bool {
	for c.number > number {
		if !f(c) {
			return false
		}
		if c.number == number+1 {
			return true
		}
		if c = c.earlier.Load(); c == nil {
			return false
		}
	}
	return true
}

// untouched reports whether no change after a number concerns an image. It takes no
// lock, since it is called under one.
func (l *changelog) untouched(id string, number uint64) bool {
	return l.newest.Load().since(number, func(c *change) bool {
		if c.any {
			return false
		}
		for _, changed := range c.ids {
			if changed == id {
				return false
			}
		}
		return true
	})
}

package scenario

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// state is what an image is, as far as the load changes it.
type state struct {
	there   bool
	name    string            // and the value of its property p
	tags    string            // sorted
	members map[string]member // never changed
}

type member struct {
	canShare bool
	status   string
}

// with is the state with another membership.
func (s state) with(id string, m member) state {
	s.members = maps.Clone(s.members)
	if s.members == nil {
		s.members = map[string]member{}
	}
	s.members[id] = m
	return s
}

// without is the state without a membership.
func (s state) without(id string) state {
	s.members = maps.Clone(s.members)
	delete(s.members, id)
	return s
}

// tagged is the state with these tags.
func (s state) tagged(tags ...string) state {
	slices.Sort(tags)
	s.tags = strings.Join(tags, " ")
	return s
}

func (s state) String() string {
	if !s.there {
		return "none"
	}
	return fmt.Sprintf("name %q, tags [%s], members %v", s.name, s.tags, s.members)
}

// entry is a write of an image in the ledger.
type entry struct {
	state       state // after it
	sent, acked time.Time
}

// image is the history of one image. One writer changes it, and stops when it
// does not know what has become of a write.
type image struct {
	id string

	mu      sync.Mutex
	entries []entry // the first one is from before the image was made
	shown   bool    // the last entry was seen, though not acknowledged
}

func newImage(id string) *image { return &image{id: id, entries: []entry{{acked: time.Unix(0, 0)}}} }

// write notes a write that is about to be sent.
func (i *image) write(s state) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.entries = append(i.entries, entry{state: s, sent: time.Now()})
	i.shown = false
}

// ack notes that the last write was acknowledged.
func (i *image) ack() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.entries[len(i.entries)-1].acked = time.Now()
}

// allows reports whether an answer may be what it is: whether a state that it
// fits could be seen at some time between the beginning of its request, less
// the age that is promised, and its end.
func (i *image) allows(began, ended time.Time, age time.Duration, fits func(state) bool) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	began = began.Add(-age)
	last := -1
	for n, e := range i.entries {
		if e.sent.After(ended) {
			break
		}
		if n+1 < len(i.entries) {
			if next := i.entries[n+1].acked; !next.IsZero() && next.Before(began) {
				continue
			}
		}
		if fits(e.state) {
			if last >= 0 {
				return true
			}
			last = n
		}
	}
	if last >= 0 && last == len(i.entries)-1 {
		i.shown = true
	}
	return last >= 0
}

// lasting reports whether the state that is found after everything may be so.
func (i *image) lasting(fits func(state) bool) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	last := i.entries[len(i.entries)-1]
	if fits(last.state) {
		return true
	}
	return last.acked.IsZero() && !i.shown && fits(i.entries[len(i.entries)-2].state)
}

// String lists what may be there.
func (i *image) String() string {
	i.mu.Lock()
	defer i.mu.Unlock()
	last := i.entries[len(i.entries)-1]
	if !last.acked.IsZero() {
		return last.state.String()
	}
	return fmt.Sprintf("%s; or, not acknowledged (seen: %t), %s", i.entries[len(i.entries)-2].state, i.shown, last.state)
}

package cache

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"github.com/glancegate/glancegate/registry/records"
)

// reach is which images a list may show. What an image was like before a change does not
// matter: if the list shows it, its version tells; and if it does not, the list
// does not change when the image goes.
type reach struct {
	restricted    bool
	owners        []string // any of them owns images and is a member of others
	anyMembership bool
	marker        string // id of the image that the list begins behind; empty: none
}

// reachOf is the reach of a query, whose caller may also be known by other names.
// Without a query it is everything.
func reachOf(q *records.Query, names ...string) (r reach) {
	if q == nil {
		return r
	}
	r.restricted, r.anyMembership = q.Scope.Restricted, q.Scope.AnyMembership
	if q.Scope.Owner.Valid {
		r.owners = []string{q.Scope.Owner.V}
	}
	for _, name := range names {
		if name != "" && !slices.Contains(r.owners, name) {
			r.owners = append(r.owners, name)
		}
	}
	if q.Marker != nil {
		r.marker = q.Marker.ID
	}
	return r
}

// has reports whether the list may show an image, as records.Scope says. If in
// doubt, it may: memberships count whether they are live or not, texts that some
// database may see as equal are, and the conditions of the query do not count.
func (r *reach) has(i *records.Image) bool {
	if !r.restricted || i.Visibility != records.Private && i.Visibility != records.Shared {
		return true
	}
	if r.anyMembership && len(i.Members) > 0 || i.Owner.Valid && r.names(i.Owner.V) {
		return true
	}
	for n := range i.Members {
		if r.names(i.Members[n].Member) {
			return true
		}
	}
	return false
}

func (r *reach) names(owner string) bool {
	for _, own := range r.owners {
		if same, sure := sameText(own, owner); same || !sure {
			return true
		}
	}
	return false
}

// concern is which changes concern a list: those of images within its reach, after a
// change up to which none is known to.
type concern struct {
	reach  reach
	change atomic.Uint64
}

// weight estimates the memory besides the struct itself, in bytes.
func (l *concern) weight() int64 {
	n := texts(l.reach.marker)
	if len(l.reach.owners) > 0 {
		n += items(l.reach.owners) + texts(l.reach.owners...)
	}
	return n
}

// unconcerned reports whether a list is what it was before the changes from its own up
// to the newest. read returns records that are not kept, nil for images that are gone;
// it is not ok if the record is not known.
func (c *Cache) unconcerned(l *concern, newest *change, read func(id string) (i *records.Image, ok bool)) bool {
	now := time.Now()
	ok := newest.since(l.change.Load(), func(change *change) bool {
		// Before the records are dropped, what is kept of the images is old.
		if change.any || !change.settled.Load() {
			return false
		}
		for _, id := range change.ids {
			if id == l.reach.marker {
				return false
			}
			v, known := c.local.Get(id, now)
			image := v.V.image
			if !known {
				image, known = read(id)
			}
			if !known || image != nil && l.reach.has(image) {
				return false
			}
		}
		return true
	})
	if ok {
		l.advance(newest.number)
	}
	return ok
}

// advance notes that no change up to this one concerns the list.
func (l *concern) advance(number uint64) {
	for known := l.change.Load(); known < number; known = l.change.Load() {
		if l.change.CompareAndSwap(known, number) {
			return
		}
	}
}

// maxUnknown is how many records are read to find out whether changes concern a list.
// To read the list costs as much as reading a few.
const maxUnknown = 4

// reader reads a few records that are not kept.
type reader struct {
	cache   *Cache
	context context.Context
	records int
	slowest Outcome // where they came from
}

func (c *Cache) reader(ctx context.Context) *reader {
	return &reader{cache: c, context: ctx, slowest: Hit}
}

func (r *reader) read(id string) (*records.Image, bool) {
	if r.records++; r.records > maxUnknown {
		return nil, false
	}
	image, from, err := r.cache.recordOf(r.context, id)
	r.slowest = max(r.slowest, from)
	if isUnknown(err) {
		return nil, true
	}
	return image, err == nil && image.ID == id
}

// unread is for those who do not wait for the database.
func unread(string) (*records.Image, bool) { return nil, false }

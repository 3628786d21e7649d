package cache

import (
	"context"
	"time"
	"unsafe"

	"github.com/glancegate/glancegate/registry/records"
)

// reach is which images a page may show. What an image was like before a change does not
// matter: if the page shows it, its version tells; and if it does not, the page
// does not change when the image goes.
type reach struct {
	restricted    bool
	owner         records.Null[string]
	anyMembership bool
	marker        string // id of the image that the page begins behind; empty: none
}

func reachOf(q *records.Query) reach {
	r := reach{restricted: q.Scope.Restricted, owner: q.Scope.Owner, anyMembership: q.Scope.AnyMembership}
	if q.Marker != nil {
		r.marker = q.Marker.ID
	}
	return r
}

// weight estimates the memory besides the struct itself, in bytes.
func (r *reach) weight() int64 {
	return block(int64(unsafe.Sizeof(page{}))) + texts(r.owner.V, r.marker)
}

// has reports whether the page may show an image, as records.Scope says. If in
// doubt, it may: memberships count whether they are live or not, and the conditions of
// the query do not count.
func (r *reach) has(i *records.Image) bool {
	if !r.restricted || i.Visibility != records.Private && i.Visibility != records.Shared {
		return true
	}
	if r.owner.Valid && r.owner == i.Owner || r.anyMembership && len(i.Members) > 0 {
		return true
	}
	for n := range i.Members {
		if r.owner.Valid && i.Members[n].Member == r.owner.V {
			return true
		}
	}
	return false
}

// maxUnknown is how many records are read to find out whether changes concern a page.
// To read the page costs as much as reading a few.
const maxUnknown = 4

// unconcerned reports whether a page is what it was before the changes from its own up
// to the newest, and where the records came from that this was decided by.
func (c *Cache) unconcerned(ctx context.Context, p *page, newest *change) (slowest Outcome, ok bool) {
	now, unknown, from := time.Now(), 0, Hit
	ok = newest.since(p.change.Load(), func(change *change) bool {
		// Before the records are dropped, what is kept of the images is old.
		if change.any || !change.settled.Load() {
			return false
		}
		for _, id := range change.ids {
			if id == p.reach.marker {
				return false
			}
			if v, kept := c.local.Get(id, now); kept {
				if v.V.image != nil && p.reach.has(v.V.image) {
					return false
				}
				continue
			}
			if unknown++; unknown > maxUnknown {
				return false
			}
			image, source, err := c.recordOf(ctx, id)
			from = max(from, source)
			if err != nil && !isUnknown(err) || err == nil && (image.ID != id || p.reach.has(image)) {
				return false
			}
		}
		return true
	})
	if ok {
		p.advance(newest.number)
	}
	return from, ok
}

// advance notes that no change up to this one concerns the page.
func (p *page) advance(number uint64) {
	for known := p.change.Load(); known < number; known = p.change.Load() {
		if p.change.CompareAndSwap(known, number) {
			return
		}
	}
}

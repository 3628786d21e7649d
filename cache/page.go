package cache

import (
	"context"
	"time"
	"unsafe"

	"github.com/glancegate/glancegate/cache/internal/codec"
	"github.com/glancegate/glancegate/cache/internal/local"
	"github.com/glancegate/glancegate/cache/internal/shared"
	"github.com/glancegate/glancegate/registry/records"
)

// page is the answer to a query: its images and the version of each. The records are
// kept by id, so that a page never shows another state of an image than its record.
// If the versions differ, the page is read again.
type page struct {
	records []pageRecord
	concern
}

type pageRecord struct {
	id      string
	version uint64
}

// maxRows bounds the length of cached pages.
const maxRows = 1000

// allChildren is what pages are read with, so that their records are complete.
const allChildren = records.WithProperties | records.WithLocations | records.WithMembers | records.WithTags

// Images implements records.Store.
func (c *Cache) Images(ctx context.Context, q *records.Query) ([]*records.Image, error) {
	key, ok := queryKey(q)
	if !ok || !c.serving() || c.blocks.Load() > 0 {
		c.count(ctx, Bypass)
		return c.Store.Images(ctx, q)
	}
	c.listed.Store(int64(time.Since(c.born)))
	newest := c.changes.newest.Load()
	if images, from, ok := c.pageAt(ctx, key, newest); ok {
		c.count(ctx, from)
		return images, nil
	}
	flight := string(c.appendPeriod(appendNumber([]byte(key), newest.number)))
	images, from, err := fill(ctx, c, flight, func(ctx context.Context) ([]*records.Image, Outcome, error) {
		return c.readPage(ctx, q, key)
	})
	c.count(ctx, from)
	return images, err
}

// pageAt returns the records of a page, if all are kept in the right versions and no
// change up to the newest concerns it.
func (c *Cache) pageAt(ctx context.Context, key string, newest *change) ([]*records.Image, Outcome, bool) {
	now := time.Now()
	v, ok := c.local.Get(key, now)
	if !ok {
		return nil, Unused, false
	}
	p, from := v.V.page, Hit
	if p.change.Load() != newest.number {
		reader := c.reader(ctx)
		if !c.unconcerned(&p.concern, newest, reader.read) {
			return nil, Unused, false
		}
		from = reader.slowest
	}
	images := make([]*records.Image, len(p.records))
	for n, r := range p.records {
		record, ok := c.local.Get(r.id, now)
		if !ok || record.Version != r.version {
			return nil, Unused, false
		}
		images[n] = record.V.image
	}
	return images, from, c.changes.newest.Load() == newest
}

// readPage reads a page from the shared tier or the database, and keeps it if none of
// its images has changed since.
func (c *Cache) readPage(ctx context.Context, q *records.Query, key string) ([]*records.Image, Outcome, error) {
	lease := c.local.Lease(key)
	defer lease.Done()
	var ticket shared.Ticket
	if c.shared != nil {
		change, asked := c.changes.number(), time.Now()
		var found *shared.Found
		found, ticket = c.shared.Get(ctx, c.shared.List(key))
		if images, ok := c.decodePage(found); ok {
			r := pageRead{lease, q, change, readOf(found, asked), doneOf(found)}
			if c.keepPage(r, images) == current {
				return images, SharedHit, nil
			}
		}
	}
	whole := *q
	whole.Children = allChildren
	for attempt := 1; ; attempt++ {
		change, read := c.changes.number(), time.Now()
		images, err := c.Store.Images(ctx, &whole)
		if err != nil {
			return nil, Miss, err
		}
		verdict := c.keepPage(pageRead{lease, q, change, read, time.Now()}, images)
		if verdict == behind && attempt < maxAttempts {
			continue
		}
		if verdict == current {
			c.share(ticket, images, read)
		}
		return images, Miss, nil
	}
}

// maxAttempts is how often a page is read that may be older than its records.
const maxAttempts = 3

func (c *Cache) decodePage(found *shared.Found) ([]*records.Image, bool) {
	if found == nil {
		return nil, false
	}
	images, err := codec.Decode(found.Value)
	if err != nil {
		c.counters.Undecodable.Add(1)
	}
	return images, err == nil
}

// pageRead is how a page was read: for which query, after which change, from when to
// when.
type pageRead struct {
	lease      *local.Lease[entry]
	query      *records.Query
	change     uint64
	read, done time.Time
}

// verdict is how a page that was read compares to what is known.
type verdict int

const (
	current verdict = iota // as new as everything else
	changed                // something has changed since the read began
	behind                 // one of its records may be older than what was returned
)

// keepPage stores the records of a page, and the page if all records were stored.
func (c *Cache) keepPage(r pageRead, images []*records.Image) verdict {
	if c.belowFloor(r.read) {
		return behind
	}
	p := &page{records: make([]pageRecord, 0, len(images)), concern: concern{reach: reachOf(r.query)}}
	p.change.Store(r.change)
	weight := block(int64(unsafe.Sizeof(*p))) + p.weight()
	for n, image := range images {
		if !canonical(image.ID) {
			return changed
		}
		if kept, ok := c.local.Get(image.ID, r.done); ok && kept.V.image != nil && kept.V.image.Same(image) {
			// What hangs at a record need not be made anew with every page that shows it.
			images[n] = kept.V.image
			p.records = append(p.records, pageRecord{image.ID, kept.Version})
			weight += int64(len(image.ID)) + pageRecordSize
			continue
		}
		untouched := func() bool {
			return c.blocks.Load() == 0 && !c.belowFloor(r.read) && c.changes.untouched(image.ID, r.change)
		}
		record, bytes := c.recordValue(image, r.read, r.done)
		kept, ok := c.local.PutWhile(untouched, image.ID, record, bytes)
		switch {
		case ok:
			p.records = append(p.records, pageRecord{image.ID, kept.Version})
			weight += int64(len(image.ID)) + pageRecordSize
		case kept.Version != 0, !c.changes.untouched(image.ID, r.change):
			return behind
		}
	}
	if len(p.records) == len(images) {
		r.lease.Put(local.Value[entry]{V: entry{page: p}, Read: r.read, Done: r.done, Expires: r.read.Add(c.config.TTL)}, weight)
	}
	switch {
	case c.belowFloor(r.read):
		return behind
	case c.changes.number() != r.change || c.blocks.Load() > 0:
		return changed
	}
	return current
}

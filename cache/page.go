package cache

import (
	"context"
	"time"

	"github.com/glancegate/glancegate/cache/internal/codec"
	"github.com/glancegate/glancegate/cache/internal/local"
	"github.com/glancegate/glancegate/cache/internal/shared"
	"github.com/glancegate/glancegate/registry/records"
)

// page is the answer to a query: its images and the version of each. The records are
// kept by id, so that a page never shows another state of an image than its record.
// If the versions differ, the page is read again.
type page struct {
	change  uint64 // Cache.changes when it was read
	records []pageRecord
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
	change := c.changes.Load()
	if images, ok := c.pageAt(key, change); ok {
		c.count(ctx, Hit)
		return images, nil
	}
	flight := string(c.appendPeriod(appendNumber([]byte(key), change)))
	images, from, err := fill(ctx, c, flight, func(ctx context.Context) ([]*records.Image, Outcome, error) {
		return c.readPage(ctx, q, key, change)
	})
	c.count(ctx, from)
	return images, err
}

// pageAt returns the records of a page, if all are kept in the right versions.
func (c *Cache) pageAt(key string, change uint64) ([]*records.Image, bool) {
	now := time.Now()
	v, ok := c.local.Get(key, now)
	if !ok || v.V.page.change != change || c.belowFloor(v.Read) {
		return nil, false
	}
	images := make([]*records.Image, len(v.V.page.records))
	for n, r := range v.V.page.records {
		record, ok := c.local.Get(r.id, now)
		if !ok || record.Version != r.version {
			return nil, false
		}
		images[n] = record.V.image
	}
	return images, c.changes.Load() == change && !c.belowFloor(v.Read)
}

// readPage reads a page from the shared tier or the database, and keeps it if nothing
// has changed since.
func (c *Cache) readPage(ctx context.Context, q *records.Query, key string, change uint64) ([]*records.Image, Outcome, error) {
	lease := c.local.Lease(key)
	defer lease.Done()
	var ticket shared.Ticket
	if c.shared != nil {
		asked := time.Now()
		var found *shared.Found
		found, ticket = c.shared.Get(ctx, c.shared.List(key))
		if images, ok := c.decodePage(found); ok && c.keepPage(lease, images, change, readOf(found, asked), doneOf(found)) == current {
			return images, SharedHit, nil
		}
	}
	whole := *q
	whole.Children = allChildren
	for attempt := 1; ; attempt++ {
		read := time.Now()
		images, err := c.Store.Images(ctx, &whole)
		if err != nil {
			return nil, Miss, err
		}
		verdict := c.keepPage(lease, images, change, read, time.Now())
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

// verdict is how a page that was read compares to what is known.
type verdict int

const (
	current verdict = iota // as new as everything else
	changed                // something has changed since the read began
	behind                 // one of its records may have been read later
)

// keepPage stores the records of a page, and the page if all records were stored.
func (c *Cache) keepPage(lease *local.Lease[entry], images []*records.Image, change uint64, read, done time.Time) verdict {
	if c.belowFloor(read) {
		return behind
	}
	unchanged := func() bool { return c.changes.Load() == change && c.blocks.Load() == 0 }
	p := &page{change: change, records: make([]pageRecord, 0, len(images))}
	weight := int64(0)
	for n, image := range images {
		if !canonical(image.ID) {
			return changed
		}
		if kept, ok := c.local.Get(image.ID, done); ok && kept.V.image != nil && kept.V.image.Same(image) {
			// What hangs at a record need not be made anew with every page that shows it.
			images[n] = kept.V.image
			p.records = append(p.records, pageRecord{image.ID, kept.Version})
			weight += int64(len(image.ID)) + pageRecordSize
			continue
		}
		record, bytes := c.recordValue(image, read, done)
		kept, ok := c.local.PutWhile(unchanged, image.ID, record, bytes)
		switch {
		case ok:
			p.records = append(p.records, pageRecord{image.ID, kept.Version})
			weight += int64(len(image.ID)) + pageRecordSize
		case kept.Version != 0:
			return behind
		}
	}
	if len(p.records) == len(images) {
		lease.Put(local.Value[entry]{V: entry{page: p}, Read: read, Done: done, Expires: read.Add(c.config.TTL)}, weight)
	}
	switch {
	case !unchanged():
		return changed
	case c.belowFloor(read):
		return behind
	}
	return current
}

package cache

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/glancegate/glancegate/cache/internal/codec"
	"github.com/glancegate/glancegate/cache/internal/local"
	"github.com/glancegate/glancegate/cache/internal/shared"
	"github.com/glancegate/glancegate/registry/records"
)

// negativeTTL bounds how long an unknown id is remembered.
const negativeTTL = 5 * time.Second

// Image implements records.Store.
func (c *Cache) Image(ctx context.Context, id string) (*records.Image, error) {
	if !c.serving() || !canonical(id) {
		c.count(ctx, Bypass)
		return c.Store.Image(ctx, id)
	}
	if v, ok := c.local.Get(id, time.Now()); ok {
		if v.V.image == nil {
			c.count(ctx, NegativeHit)
			return nil, records.ErrImageNotFound(id)
		}
		c.count(ctx, Hit)
		return v.V.image, nil
	}
	image, from, err := c.recordOf(ctx, id)
	c.count(ctx, from)
	return image, err
}

// recordOf reads a record that is not kept, once for all who ask for it.
func (c *Cache) recordOf(ctx context.Context, id string) (*records.Image, Outcome, error) {
	id = strings.Clone(id) // a key must not keep the request that it was a part of
	return fill(ctx, c, c.flightOf(id), func(ctx context.Context) (*records.Image, Outcome, error) {
		return c.readImage(ctx, id)
	})
}

// readImage reads a record from the shared tier or the database, and keeps it if it was
// not dropped meanwhile.
func (c *Cache) readImage(ctx context.Context, id string) (*records.Image, Outcome, error) {
	lease := c.local.Lease(id)
	defer lease.Done()
	var ticket shared.Ticket
	if c.shared != nil && !lease.Ended() {
		asked := time.Now()
		var found *shared.Found
		found, ticket = c.shared.Get(ctx, c.shared.Record(id))
		if image := c.decodeOne(found, id); image != nil {
			c.keep(lease, image, readOf(found, asked), doneOf(found))
			return image, SharedHit, nil
		}
	}
	read := time.Now()
	image, err := c.Store.Image(ctx, id)
	if isUnknown(err) {
		nothing := local.Value[entry]{Read: read, Done: time.Now(), Expires: read.Add(min(negativeTTL, c.config.TTL))}
		if _, ok := lease.Put(nothing, 0); !ok {
			c.notKept(id, nothing.Done)
		}
		return nil, Miss, err
	}
	// MySQL ignores case, so the row may have another id.
	if err != nil || image.ID != id {
		return image, Miss, err
	}
	if c.keep(lease, image, read, time.Now()) {
		c.share(ticket, []*records.Image{image}, read)
	}
	return image, Miss, nil
}

// maxShared bounds a value in Redis, in bytes: a larger one might not arrive within
// the timeout, which would look like a failure of Redis.
const maxShared = 1 << 20

// share stores records in the shared tier, if there is one.
func (c *Cache) share(ticket shared.Ticket, images []*records.Image, read time.Time) {
	if c.shared == nil {
		return
	}
	if text, err := codec.Encode(images); err == nil && len(text) <= maxShared {
		c.shared.Put(ticket, text, read)
	}
}

// decodeOne decodes a record of the shared tier; nil: there is none.
func (c *Cache) decodeOne(found *shared.Found, id string) *records.Image {
	if found == nil {
		return nil
	}
	images, err := codec.Decode(found.Value)
	if err != nil || len(images) != 1 || images[0].ID != id {
		c.counters.Undecodable.Add(1)
		return nil
	}
	return images[0]
}

// keep stores a record and reports whether it may be shared. It may, even if it is too
// large for the local tier.
func (c *Cache) keep(lease *local.Lease[entry], image *records.Image, read, done time.Time) bool {
	v, weight := c.recordValue(image, read, done)
	if _, ok := lease.Put(v, weight); !ok {
		c.notKept(image.ID, done)
	}
	return !lease.Ended()
}

// notKept notes that a record is returned that is not kept, whose read ended at done.
// No page may show an older state of it from now on: neither one that is being
// read, nor one that is kept with an older record.
func (c *Cache) notKept(id string, done time.Time) {
	c.raiseFloor(done)
	c.local.DropIf(id, func(kept local.Value[entry]) bool { return kept.Read.Before(done) })
}

// clockResolution is the accuracy of the age of a shared value.
const clockResolution = 2 * time.Millisecond

// readOf is when the read of a shared value from the database began, or a little
// earlier, since Redis computed the age after asked.
func readOf(found *shared.Found, asked time.Time) time.Time {
	return asked.Add(-found.Age - clockResolution)
}

// doneOf is when that read had ended, or a little later.
func doneOf(found *shared.Found) time.Time { return time.Now().Add(clockResolution - found.Age) }

// recordValue prepares a record to be kept, together with its encoded forms.
func (c *Cache) recordValue(image *records.Image, read, done time.Time) (local.Value[entry], int64) {
	weight := weigh(image, image.Pack())
	records.NewForms(image, func(bytes int) {
		c.local.Grow(image.ID, func(e entry) bool { return e.image == image }, bytes)
	})
	return local.Value[entry]{V: entry{image: image}, Read: read, Done: done, Expires: read.Add(c.config.TTL)}, weight
}

func isUnknown(err error) bool {
	var known *records.Error
	return errors.As(err, &known) && known.Kind == records.ImageNotFound
}

package cache

import (
	"context"
	"time"
	"unsafe"

	"github.com/glancegate/glancegate/cache/internal/local"
	"github.com/glancegate/glancegate/registry/records"
)

// Answer is what another server has answered to a request about images. It is
// shared, so it must not change.
type Answer struct {
	ContentType string
	Body        []byte
}

// AnswerKey is a hash of who asked for what.
type AnswerKey [32]byte

// answerKey begins the keys of answers; no id and no page begins like it.
const answerKey = 'A'

func (k *AnswerKey) local() string {
	var key [1 + len(k)]byte
	key[0] = answerKey
	copy(key[1:], k[:])
	return string(key[:])
}

// answer is an answer with the versions of the records that it shows. Like a page
// it is void once one of them is not what is kept, or if it is a list and a change
// concerns it.
type answer struct {
	Answer
	epoch   uint64 // purges of answers before it
	records []pageRecord
	list    *concern // nil: it is none
}

// Serving reports whether anything may be taken from the cache.
func (c *Cache) Serving() bool { return c.serving() }

// Answer returns what is kept under a key, if all that it depends on is as it was.
func (c *Cache) Answer(key AnswerKey) (*Answer, bool) {
	if !c.serving() {
		return nil, false
	}
	now, name := time.Now(), key.local()
	v, ok := c.local.Get(name, now)
	if !ok {
		return nil, false
	}
	a := v.V.answer
	if a.epoch != c.answerEpoch.Load() || !c.shows(a, now) {
		// It is void for good: no version comes back.
		c.local.DropIf(name, func(kept local.Value[entry]) bool { return kept.V.answer == a })
		return nil, false
	}
	if a.list != nil {
		c.listed.Store(int64(now.Sub(c.born)))
		if !c.stands(a.list) {
			return nil, false // perhaps for now, until the record of what has changed is known
		}
	}
	return &a.Answer, true
}

// shows reports whether all records of an answer are those that are kept.
func (c *Cache) shows(a *answer, now time.Time) bool {
	for _, r := range a.records {
		record, ok := c.local.Get(r.id, now)
		if !ok || record.Version != r.version {
			return false
		}
	}
	return true
}

// stands reports whether no change concerns a list, as far as that is known without the
// database: glance-api answers as well.
func (c *Cache) stands(list *concern) bool {
	newest := c.changes.newest.Load()
	if c.blocks.Load() > 0 || list.change.Load() != newest.number && !c.unconcerned(list, newest, unread) {
		return false
	}
	return c.changes.newest.Load() == newest
}

// Depends says what an answer is made of.
type Depends int

// What answers depend on.
const (
	OnNothing Depends = iota // in the database
	OnImage                  // one image with its children
	OnImages                 // which images there are, and each of them
)

// Asking is the right to keep an answer that is about to be asked for. It ends when
// anything that the answer depends on changes.
type Asking struct {
	cache  *Cache
	on     Depends
	key    *local.Lease[entry]
	name   string
	image  *local.Lease[entry] // of the one image; nil: none
	change uint64
	epoch  uint64
	began  time.Time
}

// Ask takes the right, which has to be given back by Done, before the request is sent to
// the other server. id is that of the image that the answer depends on, if it is
// one. There is none while nothing may be cached.
func (c *Cache) Ask(key AnswerKey, on Depends, id string) (*Asking, bool) {
	a := &Asking{cache: c, on: on, name: key.local(), change: c.changes.number(), epoch: c.answerEpoch.Load(), began: time.Now()}
	a.key = c.local.Lease(a.name)
	if on == OnImage {
		a.image = c.local.Lease(id)
	}
	// What suspends the cache ends leases behind that, so it is looked at last.
	if !c.serving() || on == OnImage && !canonical(id) {
		a.Done()
		return nil, false
	}
	return a, true
}

// Done gives the right back.
func (a *Asking) Done() {
	a.key.Done()
	if a.image != nil {
		a.image.Done()
	}
}

// Overtaken reports whether something has changed since Ask.
func (a *Asking) Overtaken() bool {
	c := a.cache
	switch {
	case a.key.Ended() || a.epoch != c.answerEpoch.Load() || !c.serving():
		return true
	case a.on == OnImage:
		return a.image.Ended()
	case a.on == OnImages: // whether a change concerns the list, Keep finds out
		return c.blocks.Load() > 0
	}
	return false
}

// Shown is what an answer was found to agree with.
type Shown struct {
	// Images are the records, as Image and Images of this cache have returned them.
	Images []*records.Image

	// Query is that of a list, and Names are further ones by which the other server
	// may know owners and members, besides the owner of the query. Without a query
	// every change of an image concerns the list.
	Query *records.Query
	Names []string
}

// Keep keeps an answer for a time from Ask on. It reports whether that was possible:
// nothing was overtaken, and the records are kept.
func (a *Asking) Keep(ctx context.Context, given Answer, ttl time.Duration, shown Shown) bool {
	c, made := a.cache, &answer{Answer: given, epoch: a.epoch}
	now := time.Now()
	if len(shown.Images) > 0 {
		made.records = make([]pageRecord, len(shown.Images))
	}
	for n, image := range shown.Images {
		record, ok := c.local.Get(image.ID, now)
		if !ok || record.V.image != image {
			return false
		}
		made.records[n] = pageRecord{image.ID, record.Version}
	}
	// From here on the versions void the answer if a record is dropped.
	if a.on == OnImages {
		made.list = &concern{reach: reachOf(shown.Query, shown.Names...)}
		made.list.change.Store(a.change)
		if !c.unconcerned(made.list, c.changes.newest.Load(), c.reader(ctx).read) {
			return false
		}
	}
	if a.Overtaken() {
		return false
	}
	v := local.Value[entry]{V: entry{answer: made}, Read: a.began, Done: now, Expires: a.began.Add(ttl)}
	kept, ok := a.key.Put(v, weighAnswer(made))
	return ok || kept.Version != 0 // there is one that was asked for later
}

// weighAnswer estimates what an answer takes in memory, in bytes.
func weighAnswer(a *answer) int64 {
	n := block(int64(unsafe.Sizeof(*a))) + block(int64(cap(a.Body))) + items(a.records)
	for _, r := range a.records {
		n += block(int64(len(r.id)))
	}
	if a.list != nil {
		n += block(int64(unsafe.Sizeof(*a.list))) + a.list.weight()
	}
	return n
}

// PurgeAnswers forgets all answers in this process, and no record.
func (c *Cache) PurgeAnswers() { c.answerEpoch.Add(1) }

// Answers counts the answers that are kept, and their bytes; with an id those only
// that show that image. It looks at everything that is kept, so it is for operators.
func (c *Cache) Answers(id string) (answers int, bytes int64) {
	now := time.Now()
	var found []local.Value[entry]
	var sizes []int64
	c.local.Each(func(v local.Value[entry], size int64) {
		if v.V.answer != nil && now.Before(v.Expires) && (id == "" || v.V.answer.shows(id)) {
			found, sizes = append(found, v), append(sizes, size)
		}
	})
	for n, v := range found {
		a := v.V.answer
		if c.serving() && a.epoch == c.answerEpoch.Load() && c.shows(a, now) && (a.list == nil || c.stands(a.list)) {
			answers, bytes = answers+1, bytes+sizes[n]
		}
	}
	return answers, bytes
}

// HasRecord reports whether the record of an image is kept.
func (c *Cache) HasRecord(id string) bool {
	v, ok := c.local.Get(id, time.Now())
	return ok && v.V.image != nil
}

func (a *answer) shows(id string) bool {
	for _, r := range a.records {
		if r.id == id {
			return true
		}
	}
	return false
}

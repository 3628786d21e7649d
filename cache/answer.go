package cache

import (
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
// it is void once one of them is not what is kept.
type answer struct {
	Answer
	epoch   uint64 // purges of answers before it
	list    bool
	change  uint64 // of a list: the number of changes that it was asked for at
	records []pageRecord
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
	if a := v.V.answer; c.holds(a, v.Read, now) {
		return &a.Answer, true
	}
	// It is void for good: no version comes back.
	c.local.DropIf(name, func(kept local.Value[entry]) bool { return kept.V.answer == v.V.answer })
	return nil, false
}

// holds reports whether an answer is not older than what is known of its images.
func (c *Cache) holds(a *answer, read, now time.Time) bool {
	if a.epoch != c.answerEpoch.Load() {
		return false
	}
	if a.list && (a.change != c.changes.number() || c.blocks.Load() > 0 || c.belowFloor(read)) {
		return false
	}
	for _, r := range a.records {
		record, ok := c.local.Get(r.id, now)
		if !ok || record.Version != r.version {
			return false
		}
	}
	return !a.list || a.change == c.changes.number() && !c.belowFloor(read)
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
	case a.on == OnImages:
		return a.change != c.changes.number() || c.blocks.Load() > 0 || c.belowFloor(a.began)
	}
	return false
}

// Keep keeps an answer for a time from Ask on. The images are those records that
// it was found to agree with, as Image and Images of this cache have returned them. It
// reports whether that was possible: nothing was overtaken, and the records are kept.
func (a *Asking) Keep(given Answer, ttl time.Duration, images ...*records.Image) bool {
	made := &answer{Answer: given, epoch: a.epoch, list: a.on == OnImages, change: a.change}
	now := time.Now()
	if len(images) > 0 {
		made.records = make([]pageRecord, len(images))
	}
	for n, image := range images {
		record, ok := a.cache.local.Get(image.ID, now)
		if !ok || record.V.image != image {
			return false
		}
		made.records[n] = pageRecord{image.ID, record.Version}
	}
	// From here on the versions void the answer if a record is dropped.
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
		if c.serving() && c.holds(v.V.answer, v.Read, now) {
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

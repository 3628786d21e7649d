package publicreads

import (
	"context"
	"fmt"
	"net/http"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/glancegate/glancegate/cache"
	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/records"
)

// Config says what to keep.
type Config struct {
	Cache    *cache.Cache
	TTL      time.Duration // from when the answer was asked for
	Lists    bool
	Schemas  bool
	MaxBody  int64 // bytes of an answer
	Counters *Counters

	// Report receives errors in a comparison, which do not affect the client. It may
	// be nil.
	Report func(error)
}

// Reads keeps answers of one glance-api, which may have many nodes.
type Reads struct {
	config Config
	number uint64 // unique
	rules  *registry.Service
	shape  shape

	copied  atomic.Int64  // bytes of answers that are not kept yet
	waiting chan struct{} // answers that are compared or wait for it
	working chan struct{} // comparisons that are under way
}

const (
	maxCopied  = 64 << 20 // bytes
	maxWaiting = 64
	maxWorking = 2

	// compareTimeout bounds a comparison, which may read the database.
	compareTimeout = 10 * time.Second
)

// made counts the Reads of this process.
var made atomic.Uint64

// New makes Reads.
func New(c Config) *Reads {
	if c.Counters == nil {
		c.Counters = new(Counters)
	}
	return &Reads{
		config: c, number: made.Add(1), rules: &registry.Service{Store: c.Cache},
		waiting: make(chan struct{}, maxWaiting), working: make(chan struct{}, maxWorking),
	}
}

// Wanted reports whether answers to such reads are kept.
func (r *Reads) Wanted(read Read) bool {
	switch read.Kind {
	case Images:
		return r.config.Lists
	case Schema:
		return r.config.Schemas
	}
	return true
}

// Find returns the answer that is kept.
func (r *Reads) Find(key cache.AnswerKey) (*cache.Answer, bool) {
	a, ok := r.config.Cache.Answer(key)
	if ok {
		r.config.Counters.Hits.Add(1)
	}
	return a, ok
}

// Serving reports whether answers may be kept and given for now. Where not, it is
// counted.
func (r *Reads) Serving() bool {
	if r.config.Cache.Serving() {
		return true
	}
	r.Refuse(Feed)
	return false
}

// Refuse counts a request that is passed on without a look.
func (r *Reads) Refuse(why Reason) { r.config.Counters.Refused[why].Add(1) }

// Asker is who asks glance-api.
type Asker struct {
	access.Caller

	// Service says that a service vouches for the caller. Rules of glance-api may make
	// him an admin for that, so any change of an image may concern his lists.
	Service bool
}

// Record returns a writer that copies what glance-api answers to w. It is to be made
// before the request is sent on, and to be ended by Keep or Drop. It is nil
// where nothing can be kept.
func (r *Reads) Record(w http.ResponseWriter, read Read, key cache.AnswerKey, asker Asker) *Recording {
	r.config.Counters.Misses.Add(1)
	rec := &Recording{ResponseWriter: w, reads: r, read: read, asker: asker}
	depends := cache.OnImage
	switch read.Kind {
	case Schema:
		depends = cache.OnNothing
	case Images:
		depends = cache.OnImages
		var ok bool
		if rec.listing, ok = list(read.query); !ok {
			r.Refuse(Unreadable)
			return nil
		}
	}
	var ok bool
	if rec.asking, ok = r.config.Cache.Ask(key, depends, read.ID); !ok {
		r.Refuse(Feed)
		return nil
	}
	return rec
}

// Keep compares a complete answer and keeps it, after the client has got it: it
// returns at once. done is called in the end; it may be nil.
func (rec *Recording) Keep(done func()) {
	finish := func() {
		rec.Drop()
		if done != nil {
			done()
		}
	}
	r := rec.reads
	if why, ok := rec.suitable(); !ok {
		r.Refuse(why)
		finish()
		return
	}
	select {
	case r.waiting <- struct{}{}:
	default:
		r.Refuse(Busy)
		finish()
		return
	}
	go func() {
		defer finish()
		defer func() { <-r.waiting }()
		r.working <- struct{}{}
		defer func() { <-r.working }()
		rec.compare()
	}()
}

// Drop ends a recording.
func (rec *Recording) Drop() {
	rec.giveBack()
	rec.asking.Done()
}

// compare keeps the answer or counts why not. Nothing in it may end the process.
func (rec *Recording) compare() {
	r := rec.reads
	defer func() {
		if cause := recover(); cause != nil {
			r.Refuse(Failed)
			r.report(fmt.Errorf("panic while an answer was compared: %v\n%s", cause, debug.Stack()))
		}
	}()
	if rec.asking.Overtaken() {
		r.Refuse(Overtaken)
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), compareTimeout)
	defer cancel()
	agreed, ok := rec.agrees(ctx)
	switch {
	case !ok && rec.asking.Overtaken():
		r.Refuse(Overtaken)
	case !ok:
		r.Refuse(Mismatch)
	case !rec.asking.Keep(ctx, cache.Answer{ContentType: rec.contentType, Body: rec.body}, r.config.TTL, agreed):
		r.Refuse(Overtaken)
	default:
		r.config.Counters.Kept.Add(1)
	}
}

func (r *Reads) report(err error) {
	if r.config.Report != nil {
		r.config.Report(err)
	}
}

// maxValues bounds the memory of a comparison.
const maxValues = 200_000

// agrees compares the answer with the records that it shows, and returns them.
func (rec *Recording) agrees(ctx context.Context) (shown cache.Shown, ok bool) {
	r, caller := rec.reads, &rec.asker.Caller
	if pyjson.HasMoreValues(rec.body, maxValues, maxDepth) {
		return shown, false
	}
	value, err := pyjson.Decode(rec.body, maxDepth)
	if err != nil {
		return shown, false // cut off, perhaps
	}
	switch rec.read.Kind {
	case Schema:
		_, ok := value.(*pyjson.Object)
		return shown, ok
	case Images:
		return r.images(ctx, value, rec.listing, &rec.asker)
	}
	image, err := r.config.Cache.Image(ctx, rec.read.ID)
	if err != nil || image.ID != rec.read.ID || !registry.Visible(caller, image, "") {
		return shown, false
	}
	switch rec.read.Kind {
	case Image:
		ok = r.shape.image(value, image, caller.Admin)
	case Members:
		ok = members(value, image, caller)
	case Member:
		ok = member(value, image, caller, rec.read.Member)
	}
	return cache.Shown{Images: []*records.Image{image}}, ok
}

package cache_test

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/cache"
	"github.com/glancegate/glancegate/registry/records"
)

func answerKey(n int) cache.AnswerKey {
	var text [8]byte
	binary.BigEndian.PutUint64(text[:], uint64(n))
	return sha256.Sum256(text[:])
}

var given = cache.Answer{ContentType: "application/json", Body: []byte(`{"id": "x"}`)}

// record reads the image through the cache.
func (n *node) record() *records.Image {
	n.t.Helper()
	image, err := n.Image(context.Background(), imageID)
	if err != nil {
		n.t.Fatal(err)
	}
	return image
}

// list reads the images through the cache.
func (n *node) list() []*records.Image {
	n.t.Helper()
	images, err := n.Images(context.Background(), &records.Query{Limit: 10})
	if err != nil {
		n.t.Fatal(err)
	}
	return images
}

func shown(images ...*records.Image) cache.Shown { return cache.Shown{Images: images} }

// ask begins to ask for an answer.
func (n *node) ask(key cache.AnswerKey, on cache.Depends) *cache.Asking {
	n.t.Helper()
	a, ok := n.Ask(key, on, imageID)
	if !ok {
		n.t.Fatal("nothing may be asked for")
	}
	n.t.Cleanup(a.Done)
	return a
}

// keep keeps answers of every kind.
func (n *node) keep() {
	n.t.Helper()
	for on, images := range [][]*records.Image{cache.OnNothing: nil, cache.OnImage: {n.record()}, cache.OnImages: n.list()} {
		if on == int(cache.OnImage) {
			images = []*records.Image{n.record()} // the list may have made another one of it
		}
		if !n.ask(answerKey(on), cache.Depends(on)).Keep(n.t.Context(), given, time.Minute, cache.Shown{Images: images}) {
			n.t.Fatalf("kind %d is not kept", on)
		}
	}
	n.found("kept", true, true, true)
}

// found checks which kinds of answers are found.
func (n *node) found(when string, schema, image, list bool) {
	n.t.Helper()
	for on, want := range []bool{cache.OnNothing: schema, cache.OnImage: image, cache.OnImages: list} {
		if a, ok := n.Answer(answerKey(on)); ok != want || ok && string(a.Body) != string(given.Body) {
			n.t.Errorf("%s: kind %d found: %v, want %v", when, on, ok, want)
		}
	}
}

const otherID = "c0ffee00-0000-4000-8000-000000000002"

func TestAnswersGoWithWhatTheyShow(t *testing.T) {
	db := oneDatabase(t)
	insert(t, db, otherID, "other")
	for _, c := range []struct {
		what                string
		change              func(*node)
		schema, image, list bool
	}{
		{"another list is read", func(n *node) { _, _ = n.Images(context.Background(), &records.Query{Limit: 5}) }, true, true, true},
		{"another image changes", func(n *node) { n.Changed(otherID) }, true, true, false},
		{"the image changes", func(n *node) { n.Changed(imageID) }, true, false, false},
		{"the image changes and is read again", func(n *node) { n.Changed(imageID); n.record(); n.list() }, true, false, false},
		{"the image is about to change", func(n *node) { n.t.Cleanup(n.Changing(imageID)) }, true, false, false},
		{"anything may have changed", func(n *node) { n.ChangedAll() }, false, false, false},
		{"the image is purged", func(n *node) { n.PurgeImage(imageID) }, true, false, false},
		{"everything is purged", func(n *node) { n.Purge() }, false, false, false},
		{"answers are purged", func(n *node) { n.PurgeAnswers() }, false, false, false},
		{"a write through the gateway", func(n *node) { n.write(imageID, "old") }, true, false, false},
		{"the feed breaks", func(n *node) { n.Down(context.Canceled) }, false, false, false},
	} {
		t.Run(c.what, func(t *testing.T) {
			n := newNode(t, db, followed)
			n.Up()
			n.Current(time.Now())
			n.keep()
			c.change(n)
			n.found(c.what, c.schema, c.image, c.list)
		})
	}
}

// What was overtaken between asking and keeping is not kept, and neither is what
// was compared with a record that is not kept any more.
func TestOvertakenAnswersAreNotKept(t *testing.T) {
	db := oneDatabase(t)
	for what, change := range map[string]func(*node){
		"change": func(n *node) { n.Changed(imageID) },
		"change that is not visible yet": func(n *node) {
			unblock := n.Changing(imageID)
			n.t.Cleanup(unblock)
		},
		"change of everything": func(n *node) { n.ChangedAll() },
		"purge":                func(n *node) { n.Purge() },
		"purge of answers":     func(n *node) { n.PurgeAnswers() },
		"break of the feed":    func(n *node) { n.Down(context.Canceled); n.Up(); n.Current(time.Now()) },
	} {
		for on := cache.OnImage; on <= cache.OnImages; on++ {
			for _, before := range []bool{true, false} {
				n := newNode(t, db, followed)
				n.Up()
				n.Current(time.Now())
				a := n.ask(answerKey(int(on)), on)
				image := n.record()
				change(n)
				if before { // the record was read before the change, or is read after it
					image = n.record()
				}
				if a.Keep(t.Context(), given, time.Minute, shown(image)) {
					t.Errorf("%s: an answer of kind %d is kept", what, on)
				}
			}
		}
	}
	n := newNode(t, db, ttl(time.Millisecond))
	a, old := n.ask(answerKey(1), cache.OnImage), n.record()
	time.Sleep(2 * time.Millisecond)
	n.record()
	if a.Keep(t.Context(), given, time.Minute, shown(old)) {
		t.Error("an answer is kept that agreed with a record of before")
	}
}

func TestNothingIsAskedForInVain(t *testing.T) {
	n := newNode(t, oneDatabase(t), followed)
	if _, ok := n.Ask(answerKey(1), cache.OnImage, imageID); ok {
		t.Error("while the feed is not up")
	}
	n.Up()
	n.Current(time.Now())
	if _, ok := n.Ask(answerKey(1), cache.OnImage, strings.ToUpper(imageID)); ok {
		t.Error("an id with capitals")
	}
	n.Current(time.Now().Add(-3 * time.Second))
	if _, ok := n.Ask(answerKey(1), cache.OnImages, ""); ok {
		t.Error("while the feed lags")
	}
}

func TestAnswersExpire(t *testing.T) {
	n := newNode(t, oneDatabase(t))
	if !n.ask(answerKey(1), cache.OnImage).Keep(t.Context(), given, 10*time.Millisecond, shown(n.record())) {
		t.Fatal("not kept")
	}
	n.await("expired", func() bool { _, ok := n.Answer(answerKey(1)); return !ok })
}

func TestAnswersAreCounted(t *testing.T) {
	n := newNode(t, oneDatabase(t))
	n.keep()
	if answers, bytes := n.Answers(""); answers != 3 || bytes < 3*int64(len(given.Body)) {
		t.Errorf("%d answers of %d bytes", answers, bytes)
	}
	if answers, _ := n.Answers(imageID); answers != 2 {
		t.Errorf("%d answers show the image, want 2", answers)
	}
	n.Changed(imageID)
	if answers, _ := n.Answers(""); answers != 1 {
		t.Errorf("%d answers after the change, want that which depends on nothing", answers)
	}
}

// A million identities that read one image take no more memory than the setting
// says, and 30 % for what the estimate of it misses.
func TestMemoryOfAnswersIsBounded(t *testing.T) {
	const budget = 32 << 20
	before := heap()
	c := cache.New(cache.Config{Store: &endless{}, Size: budget, TTL: time.Hour})
	image, err := c.Image(t.Context(), imageID)
	if err != nil {
		t.Fatal(err)
	}
	most, kept := uint64(0), 0
	for n := range scanned {
		a, ok := c.Ask(answerKey(n), cache.OnImage, imageID)
		if !ok {
			t.Fatal("nothing may be asked for")
		}
		if a.Keep(t.Context(), cache.Answer{ContentType: "application/json", Body: make([]byte, 1000+n%500)}, time.Minute, shown(image)) {
			kept++
		}
		a.Done()
		if n%(scanned/5) == scanned/5-1 {
			most = max(most, heap()-before)
		}
	}
	answers, bytes := c.Answers("")
	t.Logf("%d answers count %d bytes and take %d, %.2f of the budget", answers, bytes, most, float64(most)/budget)
	switch {
	case most > budget*13/10:
		t.Errorf("the cache takes %d bytes, its budget is %d", most, budget)
	case bytes < budget/2:
		t.Errorf("only %d bytes of %d are used", bytes, budget)
	case kept != scanned:
		t.Errorf("%d answers of %d were kept", kept, scanned)
	}
	if _, ok := c.Answer(answerKey(scanned - 1)); !ok {
		t.Error("the latest answer is not found")
	}
	runtime.KeepAlive(c)
}

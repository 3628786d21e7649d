package feed_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/glancegate/glancegate/dbbackend/feed"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/servers"
)

// limit is how long a test waits for what has to come.
const limit = 20 * time.Second

// recorder is a Sink that remembers what it receives.
type recorder struct {
	t testing.TB

	mu       sync.Mutex
	up       bool
	downs    []error
	visible  []string // ids whose changes every reader sees
	changing []string
	all      int
	current  time.Time
	busy     bool
	verify   func(id string) // called when an id becomes visible
}

func (r *recorder) record(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.busy {
		r.t.Error("the sink is called from two goroutines")
	}
	r.busy = true
	f()
	r.busy = false
}

func (r *recorder) Up() {
	r.record(func() {
		if r.up {
			r.t.Error("up twice")
		}
		r.up, r.current = true, time.Time{}
	})
}

func (r *recorder) Down(err error) {
	r.record(func() {
		if !r.up && len(r.downs) > 0 && fmt.Sprint(r.downs[len(r.downs)-1]) == fmt.Sprint(err) {
			r.t.Errorf("down twice: %v", err)
		}
		if err == nil || strings.Contains(err.Error(), "secret") {
			r.t.Errorf("down: %v", err)
		}
		r.up, r.downs = false, append(r.downs, err)
	})
}

func (r *recorder) Current(before time.Time) {
	r.record(func() {
		if !r.up || before.Before(r.current) || before.After(time.Now()) {
			r.t.Errorf("current at %s after %s, up %v", before, r.current, r.up)
		}
		r.current = before
	})
}

func (r *recorder) Changed(ids ...string) { r.record(func() { r.markVisible(ids) }) }

func (r *recorder) markVisible(ids []string) {
	for _, id := range ids {
		if r.verify != nil {
			r.verify(id)
		}
	}
	r.visible = append(r.visible, ids...)
}

func (r *recorder) Changing(ids ...string) func() {
	r.record(func() { r.changing = append(r.changing, ids...) })
	return func() { r.record(func() { r.markVisible(ids) }) }
}

func (r *recorder) ChangedAll() { r.record(func() { r.all++ }) }

// await waits until the condition holds.
func (r *recorder) await(what string, condition func() bool) {
	r.t.Helper()
	r.within(limit, what, condition)
}

func (r *recorder) within(limit time.Duration, what string, condition func() bool) {
	r.t.Helper()
	met := kit.Poll(limit, func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return condition()
	})
	if !met {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.t.Fatalf("%s did not come within %s; up %v, downs %v, visible %.200q, changing %.200q, all %d",
			what, limit, r.up, r.downs, r.visible, r.changing, r.all)
	}
}

func (r *recorder) awaitUp() {
	r.t.Helper()
	r.await("up", func() bool { return r.up })
}

// awaitDown waits for the end of being up, for a reason with this text.
func (r *recorder) awaitDown(text string) {
	r.t.Helper()
	r.await("down", func() bool { return !r.up && len(r.downs) > 0 })
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.downs[len(r.downs)-1]; !strings.Contains(err.Error(), text) {
		r.t.Errorf("down: %v, want %q", err, text)
	}
}

// awaitReason waits until the feed is down for a reason with this text, which may
// not be the first one.
func (r *recorder) awaitReason(text string) {
	r.t.Helper()
	r.await("the reason "+text, func() bool {
		return !r.up && len(r.downs) > 0 && strings.Contains(r.downs[len(r.downs)-1].Error(), text)
	})
}

// awaitIDs waits until changes of the images are reported and visible.
func (r *recorder) awaitIDs(ids ...string) {
	r.t.Helper()
	r.await(fmt.Sprint(ids), func() bool {
		for _, id := range ids {
			if !slices.Contains(r.visible, id) {
				return false
			}
		}
		return true
	})
}

func (r *recorder) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.visible, r.changing, r.all = nil, nil, 0
}

func (r *recorder) reported() (visible []string, all int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.visible), r.all
}

// follow runs a feed until the test ends or stop is called.
func follow(t testing.TB, config feed.Config) (r *recorder, stop func()) {
	t.Helper()
	f, err := feed.New(config)
	if err != nil {
		t.Fatal(err)
	}
	r = &recorder{t: t}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		f.Run(ctx, r)
	}()
	stop = func() {
		cancel()
		select {
		case <-done:
		case <-time.After(3 * time.Second):
			t.Error("Run does not return")
		}
	}
	t.Cleanup(stop)
	return r, stop
}

// install makes what a feed needs in the database.
func install(t testing.TB, db *servers.Database) {
	t.Helper()
	if db.Dialect == servers.PostgreSQL {
		if err := feed.Install(t.Context(), db.URL); err != nil {
			t.Fatal(err)
		}
	}
}

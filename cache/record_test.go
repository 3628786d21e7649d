package cache_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/glancegate/glancegate/cache"
	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/registry/records"
)

func TestARecordIsReadOnce(t *testing.T) {
	everyDatabase(t, func(t *testing.T, db *servers.Database) {
		n := newNode(t, db)
		for range 5 {
			n.wants(imageID, "old")
		}
		if reads := n.store.images.Load(); reads != 1 {
			t.Errorf("%d reads, want 1", reads)
		}
		rename(t, db, imageID, "new")
		n.wants(imageID, "old") // no report, and the ttl is an hour
		n.write(imageID, "newer")
		n.wants(imageID, "newer")
	})
}

func TestAnUnknownIDIsReadOnce(t *testing.T) {
	const unknown = "c0ffee00-0000-4000-8000-00000000000f"
	everyDatabase(t, func(t *testing.T, db *servers.Database) {
		n := newNode(t, db)
		for range 5 {
			n.wants(unknown, "none")
		}
		if reads := n.store.images.Load(); reads != 1 {
			t.Errorf("%d reads, want 1", reads)
		}
		err := n.InTx(t.Context(), func(tx records.Tx) error {
			_, err := tx.Insert(t.Context(), records.Images, records.Values{
				{Column: "id", Value: unknown}, {Column: "name", Value: "made"}, {Column: "status", Value: "queued"},
				{Column: "visibility", Value: "shared"}, {Column: "created_at", Value: time.Now().UTC()},
				{Column: "min_disk", Value: int64(0)}, {Column: "min_ram", Value: int64(0)},
				{Column: "protected", Value: false}, {Column: "deleted", Value: false}, {Column: "os_hidden", Value: false},
			})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		n.wants(unknown, "made")
	})
}

func TestItExpires(t *testing.T) {
	db := oneDatabase(t)
	n := newNode(t, db, ttl(30*time.Millisecond))
	n.wants(imageID, "old")
	rename(t, db, imageID, "new")
	n.await("of an age to be read again", func() bool { return n.name(imageID) == "new" })
}

// MySQL finds the image by any spelling of its id. Such ids are not cached, and
// a change of them drops everything.
func TestSpellings(t *testing.T) {
	everyDatabase(t, func(t *testing.T, db *servers.Database) {
		n := newNode(t, db)
		upper := strings.ToUpper(imageID)
		want := map[bool]string{true: "old", false: "none"}[db.Dialect == servers.MySQL]
		n.wants(upper, want)
		n.wants(imageID, "old")
		rename(t, db, imageID, "new")
		if want == "old" {
			n.wants(upper, "new")
		}
		n.PurgeImage(upper)
		n.wants(imageID, "new")

		// And the other way round: the row has upper case.
		const row = "C0FFEE00-0000-4000-8000-00000000000E"
		insert(t, db, row, "big")
		n.Purge()
		want = map[bool]string{true: "big", false: "none"}[db.Dialect == servers.MySQL]
		n.wants(strings.ToLower(row), want)
		n.wants(strings.ToLower(row), want)
		n.write(row, "bigger")
		if want == "big" {
			n.wants(strings.ToLower(row), "bigger")
		}
		n.wants(row, "bigger")
	})
}

// A change of an image whose id has capitals drops no other image.
func TestSpellingsOfOneImageConcernNoOther(t *testing.T) {
	everyDatabase(t, func(t *testing.T, db *servers.Database) {
		const row = "C0FFEE00-0000-4000-8000-00000000000E"
		insert(t, db, row, "big")
		n := newNode(t, db)
		n.wants(imageID, "old")
		reads := n.store.images.Load()
		n.write(row, "bigger")
		unblock := n.Changing(row)
		n.wants(imageID, "old")
		unblock()
		n.wants(imageID, "old")
		if n.store.images.Load() != reads {
			t.Error("another image was read again")
		}
		n.write("\u00e9", "any row may be meant")
		n.wants(imageID, "old")
		if n.store.images.Load() == reads {
			t.Error("what MySQL takes for an equal id was not dropped")
		}
	})
}

// What is too large to be fetched in time is not kept in Redis.
func TestLargeRecordsAreNotShared(t *testing.T) {
	db := oneDatabase(t)
	url := servers.NewRedis(t)
	first, second := newNode(t, db, onRedis(t, url)), newNode(t, db, onRedis(t, url))
	exec(t, db, "INSERT INTO image_properties (image_id, name, value, created_at, deleted) VALUES ('%s', 'n', '%s', '2019-10-16 00:00:00', 0)",
		imageID, strings.Repeat("x", 1<<20))
	first.synchronized(second)
	first.wants(imageID, "old")
	first.lists("p", "old")
	first.Close() // what it was storing in Redis is there now
	second.wants(imageID, "old")
	second.lists("p", "old")
	if n := second.counters.Lookups[cache.SharedHit].Load(); n > 0 {
		t.Errorf("%d values were found in Redis", n)
	}
}

// Of many who miss one key at once, one asks the database; who leaves fails
// nobody else.
func TestConcurrentMisses(t *testing.T) {
	db := oneDatabase(t)
	n := newNode(t, db)
	gates := n.store.block()
	leader, leave := context.WithCancel(t.Context())
	left := make(chan error)
	go func() {
		_, err := n.Image(leader, imageID)
		left <- err
	}()
	gates.arrive()
	var others sync.WaitGroup
	for range 20 {
		others.Go(func() { n.wants(imageID, "old") })
	}
	leave()
	var e *records.Error
	if err := <-left; !errors.As(err, &e) || e.Kind != records.Unavailable || !errors.Is(err, context.Canceled) {
		t.Errorf("who has left got %v", err)
	}
	gates.next()
	gates.arrive()
	gates.next()
	others.Wait()
	if reads := n.store.images.Load(); reads != 1 {
		t.Errorf("%d reads, want 1", reads)
	}
}

// An error of the database is returned to all who wait, and not kept.
func TestErrorsAreNotKept(t *testing.T) {
	db := oneDatabase(t)
	n := newNode(t, db)
	exec(t, db, "ALTER TABLE images RENAME TO hidden")
	if _, err := n.Image(t.Context(), imageID); err == nil {
		t.Error("no error without the table")
	}
	exec(t, db, "ALTER TABLE hidden RENAME TO images")
	n.await("well again", func() bool { _, err := n.Image(t.Context(), imageID); return err == nil })
}

// uncertain loses the answers to commits.
type uncertain struct{ records.Store }

func (u uncertain) InTx(ctx context.Context, f func(records.Tx) error) error {
	_ = u.Store.InTx(ctx, f)
	return &records.Error{Kind: records.Unavailable, Message: "the connection is gone"}
}

// rollsBack is uncertain for a server that did not commit, yet.
type rollsBack struct{ records.Store }

func (r rollsBack) InTx(ctx context.Context, f func(records.Tx) error) error {
	return uncertain(r).InTx(ctx, func(tx records.Tx) error { _ = f(tx); return errors.New("not now") })
}

// A transaction with an unknown outcome keeps its images out of the cache.
func TestUncertainCommit(t *testing.T) {
	db := oneDatabase(t)
	n := newNode(t, db)
	n.wants(imageID, "old")
	change := func(tx records.Tx) error {
		_, err := tx.Update(t.Context(), records.Images, records.Values{{Column: "id", Value: imageID}}, records.Values{{Column: "name", Value: "new"}})
		return err
	}
	n.store.Store = rollsBack{n.store.Store}
	if err := n.InTx(t.Context(), change); err == nil {
		t.Fatal("no error")
	}
	n.wants(imageID, "old")
	rename(t, db, imageID, "new") // as if the server had committed after all
	n.wants(imageID, "new")
}

// A client that leaves while its change is committed leaves no doubt about it:
// the commit goes on, and the lists of all others stay in the cache.
func TestAClientThatLeavesBeforeTheCommit(t *testing.T) {
	everyDatabase(t, func(t *testing.T, db *servers.Database) {
		n := newNode(t, db)
		ctx, leave := context.WithCancel(t.Context())
		err := n.InTx(ctx, func(tx records.Tx) error {
			defer leave()
			_, err := tx.Update(ctx, records.Images, records.Values{{Column: "id", Value: imageID}}, records.Values{{Column: "name", Value: "new"}})
			return err
		})
		if err != nil {
			t.Error(err)
		}
		n.lists("p", "new")
		n.lists("p", "new")
		n.wants(imageID, "new")
		if reads := n.store.pages.Load() + n.store.images.Load(); reads != 1 {
			t.Errorf("%d reads, want 1", reads)
		}
	})
}

// The outcome says where an answer came from.
func TestOutcomes(t *testing.T) {
	db := oneDatabase(t)
	redis := onRedis(t, servers.NewRedis(t))
	first := newNode(t, db, redis)
	outcome := func(n *node, read func(context.Context)) cache.Outcome {
		trace := &cache.Traced{Context: t.Context()}
		read(trace)
		return trace.Outcome()
	}
	image := func(id string) func(context.Context) {
		return func(ctx context.Context) { _, _ = first.Image(ctx, id) }
	}
	for _, c := range []struct {
		name string
		read func(context.Context)
		want cache.Outcome
	}{
		{"nothing", func(context.Context) {}, cache.Unused},
		{"first", image(imageID), cache.Miss},
		{"second", image(imageID), cache.Hit},
		{"unknown", image("x"), cache.Miss},
		{"still unknown", image("x"), cache.NegativeHit},
		{"not cached", image("X"), cache.Bypass},
		{"the worst counts", func(ctx context.Context) { image("X")(ctx); image(imageID)(ctx) }, cache.Bypass},
	} {
		if got := outcome(first, c.read); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestTheOtherNodeFindsItInRedis(t *testing.T) {
	everyDatabase(t, func(t *testing.T, db *servers.Database) {
		url := servers.NewRedis(t)
		first, second := newNode(t, db, onRedis(t, url)), newNode(t, db, onRedis(t, url))
		first.synchronized(second)
		first.wants(imageID, "old")
		second.await("served by Redis", func() bool {
			second.Forget()
			second.wants(imageID, "old")
			return second.counters.Lookups[cache.SharedHit].Load() > 0
		})
		second.write(imageID, "new")
		second.wants(imageID, "new")
		first.synchronized(second)
		first.wants(imageID, "new")
	})
}

// A key is a part of a request at first, and does not keep all of it.
func TestKeysKeepNoRequest(t *testing.T) {
	db := oneDatabase(t)
	n := newNode(t, db)
	const count, size = 100, 1 << 20
	heap := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before := heap()
	for i := range count {
		id := fmt.Sprintf("%08x-0000-4000-8000-000000000000", i)
		request := id + strings.Repeat("x", size)
		_, _ = n.Image(t.Context(), request[:len(id)])
	}
	if grown := heap() - before; grown > count*size/4 {
		t.Errorf("%d look-ups keep %d MiB", count, grown>>20)
	}
	runtime.KeepAlive(n)
}

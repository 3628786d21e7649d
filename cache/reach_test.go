package cache_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/registry/records"
)

// change writes columns of an image through the cache.
func (n *node) change(id string, set ...records.Assignment) {
	n.t.Helper()
	n.inTx(func(tx records.Tx) error {
		_, err := tx.Update(n.t.Context(), records.Images, records.Values{{Column: "id", Value: id}}, set)
		return err
	})
}

func (n *node) inTx(f func(records.Tx) error) {
	n.t.Helper()
	if err := n.InTx(n.t.Context(), f); err != nil {
		n.t.Fatal(err)
	}
}

// share makes a project a member of an image, or ends that.
func (n *node) share(id, member string, live bool) {
	n.t.Helper()
	n.inTx(func(tx records.Tx) error {
		ctx := n.t.Context()
		where := records.Values{{Column: "image_id", Value: id}, {Column: "member", Value: member}}
		set := records.Values{{Column: "deleted", Value: !live}}
		if changed, err := tx.Update(ctx, records.ImageMembers, where, set); err != nil || changed > 0 {
			return err
		}
		now := time.Now().UTC()
		_, err := tx.Insert(ctx, records.ImageMembers, slices.Concat(where, set, records.Values{
			{Column: "can_share", Value: false}, {Column: "status", Value: "accepted"},
			{Column: "created_at", Value: now}, {Column: "updated_at", Value: now},
		}))
		return err
	})
}

func is(column string, value any) records.Assignment {
	return records.Assignment{Column: column, Value: value}
}

// A change drops the lists that showed the image or may show it now, and no other.
func TestAChangeConcernsSomeLists(t *testing.T) {
	everyDatabase(t, func(t *testing.T, db *servers.Database) {
		n := newNode(t, db)
		insert(t, db, secondID, "second")
		exec(t, db, "UPDATE images SET owner = 'q' WHERE id = '%s'", secondID)
		n.lists("p", "old")
		n.lists("q", "second")
		n.lists("r")
		step := func(what string, read int64, p, q, r []string) {
			t.Helper()
			var got int64
			for project, want := range map[string][]string{"p": p, "q": q, "r": r} {
				before := n.store.pages.Load()
				n.lists(project, want...)
				n.lists(project, want...)
				// One that was read may be read once more, if its records were read meanwhile.
				if n.store.pages.Load() > before {
					got++
				}
			}
			if got != read {
				t.Errorf("%s: %d lists were read, want %d", what, got, read)
			}
		}
		step("nothing", 0, []string{"old"}, []string{"second"}, nil)
		n.write(secondID, "2")
		step("a name", 1, []string{"old"}, []string{"2"}, nil)
		n.share(secondID, "r", true)
		step("a new member", 2, []string{"old"}, []string{"2"}, []string{"2"})
		n.share(secondID, "r", false)
		step("a member less", 2, []string{"old"}, []string{"2"}, nil)
		n.change(secondID, is("visibility", records.Public))
		step("public", 3, []string{"old", "2"}, []string{"2"}, []string{"2"})
		n.change(secondID, is("visibility", records.Private))
		step("private", 3, []string{"old"}, []string{"2"}, nil)
		n.change(secondID, is("owner", "p"))
		step("another owner, and a member that was", 3, []string{"old", "2"}, nil, nil)
		n.change(secondID, is("deleted", true))
		step("deleted", 2, []string{"old"}, nil, nil)
		n.inTx(func(tx records.Tx) error {
			id := records.Values{{Column: "id", Value: secondID}}
			_, err := tx.Delete(t.Context(), records.ImageMembers, records.Values{{Column: "image_id", Value: secondID}})
			if err == nil {
				_, err = tx.Delete(t.Context(), records.Images, id)
			}
			return err
		})
		step("purged", 0, []string{"old"}, nil, nil)
	})
}

// Only the database knows which row is meant by an id that it does not compare byte by
// byte.
func TestAnUnknownImageConcernsEveryList(t *testing.T) {
	db := oneDatabase(t)
	n := newNode(t, db)
	for _, id := range []string{"C0FFEE00-0000-4000-8000-000000000002", "some id"} {
		n.lists("q")
		before := n.store.pages.Load()
		n.Changed(id)
		n.lists("q")
		if n.store.pages.Load() == before {
			t.Errorf("a change of %q left a list", id)
		}
	}
}

// A list is read again if too many records would have to be read to keep it.
func TestManyUnknownRecordsConcernAList(t *testing.T) {
	db := oneDatabase(t)
	n := newNode(t, db)
	n.lists("q")
	ids := make([]string, 10)
	for k := range ids {
		ids[k] = fmt.Sprintf("c0ffee00-0000-4000-8000-00000000010%d", k)
	}
	n.Changed(ids...)
	pages, images := n.store.pages.Load(), n.store.images.Load()
	n.lists("q")
	if read := n.store.images.Load() - images; n.store.pages.Load() == pages || read > 4 {
		t.Errorf("%d records and %d pages were read", read, n.store.pages.Load()-pages)
	}
}

// Each gateway finds out for itself which of its lists a change concerns.
func TestAMessageConcernsSomeLists(t *testing.T) {
	db := oneDatabase(t)
	redisURL := servers.NewRedis(t)
	reader, writer := newNode(t, db, onRedis(t, redisURL)), newNode(t, db, onRedis(t, redisURL))
	reader.synchronized(writer)
	reader.lists("p", "old")
	reader.lists("q")
	pages := reader.store.pages.Load()
	writer.write(imageID, "new")
	reader.synchronized(writer)
	reader.lists("q")
	if reader.store.pages.Load() != pages {
		t.Error("the list of another project was read again")
	}
	reader.lists("p", "new")
	writer.change(imageID, is("owner", "q"))
	reader.synchronized(writer)
	reader.lists("q", "new")
	reader.lists("p")
}

// lists that the random changes may or may not concern.
func someQueries(marker *records.Image) []*records.Query {
	var all []*records.Query
	live := []records.Condition{records.Is("deleted", false)}
	down := []records.SortKey{{Column: "created_at", Descending: true}, {Column: "id", Descending: true}}
	up := []records.SortKey{{Column: "name"}, {Column: "created_at"}, {Column: "id"}}
	for _, owner := range []records.Null[string]{records.NullOf("p"), records.NullOf("q"), {}} {
		for _, restricted := range []bool{true, false} {
			if !restricted && owner.V == "q" {
				continue
			}
			scope := records.Scope{Restricted: restricted, Owner: owner}
			all = append(all,
				&records.Query{Scope: scope, Where: live, Sort: down, Limit: 25},
				&records.Query{Scope: scope, Where: live, Sort: up, Limit: 3},
				&records.Query{Scope: scope, Where: live, Sort: down, Limit: 2, Marker: marker},
				&records.Query{Scope: scope, Where: append(live, records.Is("status", "queued")), Sort: down, Limit: 3},
			)
			scope.AllVisibilities, scope.MemberStatus = true, records.NullOf("accepted")
			all = append(all, &records.Query{Scope: scope, Sort: down, Limit: 4})
			scope.AnyMembership = true
			all = append(all, &records.Query{Scope: scope, Sort: down, Limit: 4})
			scope.Visibility = records.NullOf(records.Shared)
			all = append(all, &records.Query{Scope: scope, Sort: up, Limit: 25})
		}
	}
	return all
}

// someImages are images that random changes may concern.
func someImages(t *testing.T, db *servers.Database) []string {
	ids := []string{imageID}
	for k := 2; k < 9; k++ {
		id := fmt.Sprintf("c0ffee00-0000-4000-8000-00000000000%d", k)
		ids = append(ids, id)
		insert(t, db, id, fmt.Sprint(k))
	}
	return ids
}

// changeAny makes a random change of one of some images.
func (n *node) changeAny(random *rand.Rand, ids []string) {
	n.t.Helper()
	pick := func(from ...any) any { return from[random.IntN(len(from))] }
	id := ids[random.IntN(len(ids))]
	if random.IntN(4) == 0 {
		n.share(id, pick("p", "q").(string), random.IntN(2) == 0)
		return
	}
	column := pick("name", "owner", "visibility", "status", "deleted", "created_at").(string)
	n.change(id, is(column, map[string]any{
		"name": pick("a", "b", "c"), "owner": pick("p", "q", nil), "status": pick("queued", "active"),
		"visibility": pick(records.Public, records.Private, records.Shared, records.Community),
		"deleted":    random.IntN(3) == 0, "created_at": time.Unix(1e9+random.Int64N(5), 0).UTC(),
	}[column]))
}

// Whatever changes, a list is that of the database.
func TestListsAreThoseOfTheDatabase(t *testing.T) {
	everyDatabase(t, func(t *testing.T, db *servers.Database) {
		n := newNode(t, db)
		random := rand.New(rand.NewPCG(1, 2))
		ids := someImages(t, db)
		hits := 0
		for round := range 15 {
			marker, err := n.Image(t.Context(), imageID)
			if err != nil {
				t.Fatal(err)
			}
			for k, q := range someQueries(marker) {
				before := n.store.pages.Load()
				got, err := n.Images(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				if n.store.pages.Load() == before {
					hits++
				}
				want, err := n.store.Store.Images(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				if got, want := rowsOf(got), rowsOf(want); !reflect.DeepEqual(got, want) {
					t.Fatalf("round %d, query %d:\n%v\n%v", round, k, got, want)
				}
			}
			n.changeAny(random, ids)
		}
		t.Logf("%d hits", hits)
		if hits == 0 {
			t.Error("no list was taken from the cache")
		}
	})
}

// rowsOf leaves out the children, which the cache reads of every image.
func rowsOf(images []*records.Image) []string {
	var rows []string
	for _, i := range images {
		rows = append(rows, fmt.Sprint(i.ID, i.Name, i.Owner, i.Visibility, i.Status, i.Deleted, i.CreatedAt))
	}
	return rows
}

// While an image moves between projects, every list is one that was right at some
// moment of the request.
func TestListsUnderConcurrentChanges(t *testing.T) {
	everyDatabase(t, func(t *testing.T, db *servers.Database) {
		n := newNode(t, db)
		var begun, acknowledged atomic.Int64
		owner := func(write int64) string { return string("pq"[write%2]) }
		n.change(imageID, is("owner", owner(0)), is("name", "0"))
		ctx, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		var readers sync.WaitGroup
		for _, who := range []string{"p", "q", "r", "q", "p"} {
			readers.Go(func() {
				for ctx.Err() == nil {
					first := acknowledged.Load()
					got := n.names(query(who))
					right := false
					for write := first; write <= begun.Load(); write++ {
						want := []string{}
						if owner(write) == who {
							want = append(want, fmt.Sprint(write))
						}
						right = right || slices.Equal(got, want)
					}
					if !right {
						t.Errorf("the list of %s is %v, after write %d and before write %d", who, got, first, begun.Load()+1)
						return
					}
				}
			})
		}
		for write := int64(1); ctx.Err() == nil; write++ {
			begun.Store(write)
			n.change(imageID, is("owner", owner(write)), is("name", fmt.Sprint(write)))
			acknowledged.Store(write)
			time.Sleep(time.Millisecond)
		}
		readers.Wait()
		t.Logf("%d writes, %d lists, %d of them read", acknowledged.Load(), n.counters.Lookups[1].Load(), n.store.pages.Load())
	})
}

package cache_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/glancegate/glancegate/cache"
	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/registry/records"
)

const secondID = "c0ffee00-0000-4000-8000-000000000002"

// query is the default list of a project.
func query(owner string) *records.Query {
	return &records.Query{
		Scope: records.Scope{Restricted: true, Owner: records.NullOf(owner)},
		Where: []records.Condition{records.Is("deleted", false)},
		Sort:  []records.SortKey{{Column: "id"}},
		Limit: 25,
	}
}

// names lists the names of a page.
func (n *node) names(q *records.Query) []string {
	n.t.Helper()
	images, err := n.Images(context.Background(), q)
	if err != nil {
		n.t.Fatal(err)
	}
	list := []string{}
	for _, i := range images {
		list = append(list, i.Name.V)
	}
	return list
}

func (n *node) lists(owner string, want ...string) {
	n.t.Helper()
	if got := n.names(query(owner)); !slices.Equal(got, want) {
		n.t.Errorf("the list of %s is %v, want %v", owner, got, want)
	}
}

func TestAPageIsReadOnce(t *testing.T) {
	everyDatabase(t, func(t *testing.T, db *servers.Database) {
		n := newNode(t, db)
		insert(t, db, secondID, "second")
		for range 5 {
			n.lists("p", "old", "second")
			n.lists("q")
		}
		if reads := n.store.pages.Load(); reads != 2 {
			t.Errorf("%d reads, want one for each project", reads)
		}
		n.wants(imageID, "old")
		if reads := n.store.images.Load(); reads != 0 {
			t.Error("the record of an image was read, though its page had it")
		}
		n.write(secondID, "changed")
		n.lists("p", "old", "changed")
	})
}

// A page that shows another state of an image than its record is read again.
func TestAPageIsNotBehindItsRecords(t *testing.T) {
	db := oneDatabase(t)
	n := newNode(t, db, ttl(time.Hour))
	n.lists("p", "old")
	rename(t, db, imageID, "new")
	n.DropRecord(imageID) // as if it had been evicted
	n.wants(imageID, "new")
	n.lists("p", "new")
}

// The reading of a record begins before that of a page and ends after it, with a
// change in between. A client that has seen the record must not see the page.
func TestAPageIsNotBehindARecordThatTookLonger(t *testing.T) {
	db := oneDatabase(t)
	n := newNode(t, db)
	finish := n.beginToRead()
	n.store.pageRead = func() {
		rename(t, db, imageID, "new")
		if got := finish(); got != "new" {
			t.Errorf("the record has the name %q", got)
		}
	}
	n.lists("p", "new")
	n.lists("p", "new")
}

// A record that is not kept counts, too.
func TestAPageIsNotBehindARecordThatIsNotKept(t *testing.T) {
	db := oneDatabase(t)
	n := newNode(t, db)
	finish := n.beginToRead()
	n.DropRecord(imageID) // ends the lease
	n.lists("p", "old")
	rename(t, db, imageID, "new")
	if got := finish(); got != "new" {
		t.Errorf("the record has the name %q", got)
	}
	n.lists("p", "new")
}

// An image that becomes private leaves the lists of others, also if the change is not
// reported and only the record is read again.
func TestAPrivateImageLeavesTheListsOfOthers(t *testing.T) {
	db := oneDatabase(t)
	exec(t, db, "UPDATE images SET visibility = 'public'")
	n := newNode(t, db)
	n.lists("q", "old")
	exec(t, db, "UPDATE images SET visibility = 'private'")
	n.DropRecord(imageID)
	n.wants(imageID, "old")
	n.lists("q")
}

// Records of a page are whole, whatever the query asks for.
func TestRecordsOfPagesAreWhole(t *testing.T) {
	everyDatabase(t, func(t *testing.T, db *servers.Database) {
		n := newNode(t, db)
		err := n.InTx(t.Context(), func(tx records.Tx) error {
			now := time.Now().UTC()
			for table, row := range map[records.Table]records.Values{
				records.ImageProperties: {{Column: "name", Value: "n"}, {Column: "value", Value: "v"}},
				records.ImageLocations:  {{Column: "value", Value: "u"}, {Column: "meta_data", Value: "{}"}, {Column: "status", Value: "active"}},
				records.ImageMembers:    {{Column: "member", Value: "m"}, {Column: "can_share", Value: false}, {Column: "status", Value: "pending"}},
				records.ImageTags:       {{Column: "value", Value: "t"}},
			} {
				row = append(row, records.Values{
					{Column: "image_id", Value: imageID}, {Column: "created_at", Value: now}, {Column: "updated_at", Value: now},
					{Column: "deleted", Value: false},
				}...)
				if _, err := tx.Insert(t.Context(), table, row); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		n.lists("p", "old")
		image, err := n.Image(t.Context(), imageID)
		if err != nil {
			t.Fatal(err)
		}
		if len(image.Properties) != 1 || len(image.Locations) != 1 || len(image.Members) != 1 || len(image.Tags) != 1 {
			t.Errorf("the record has %d properties, %d locations, %d members, %d tags",
				len(image.Properties), len(image.Locations), len(image.Members), len(image.Tags))
		}
		if n.store.images.Load() > 0 {
			t.Error("the record was read by itself")
		}
	})
}

// While readers may or may not see a change, nothing of it is kept.
func TestChanging(t *testing.T) {
	db := oneDatabase(t)
	n := newNode(t, db, followed)
	n.Follow()
	n.wants(imageID, "old")
	n.lists("p", "old")
	unblock := n.Changing(imageID)
	n.wants(imageID, "old") // not visible yet
	n.lists("p", "old")
	rename(t, db, imageID, "new")
	n.wants(imageID, "new")
	n.lists("p", "new")
	unblock()
	n.wants(imageID, "new")
	reads := n.store.images.Load()
	n.wants(imageID, "new")
	if n.store.images.Load() != reads {
		t.Error("the image is not cached after the change")
	}
}

func TestFollowing(t *testing.T) {
	db := oneDatabase(t)
	n := newNode(t, db, followed)
	n.wants(imageID, "old")
	rename(t, db, imageID, "1")
	n.wants(imageID, "1") // not followed yet
	if s := n.State(); s.Serving || s.Reason == nil {
		t.Errorf("the state before is %+v", s)
	}
	n.Follow()
	n.wants(imageID, "1")
	rename(t, db, imageID, "2")
	n.wants(imageID, "1")
	n.Changed(imageID)
	n.wants(imageID, "2")
	rename(t, db, imageID, "3")
	n.ChangedAll()
	n.wants(imageID, "3")
	pending := n.Changing(imageID)
	n.Down(fmt.Errorf("the server is gone"))
	rename(t, db, imageID, "4")
	n.wants(imageID, "4")
	n.Follow()
	n.wants(imageID, "4")
	rename(t, db, imageID, "5")
	n.wants(imageID, "4")
	n.Changed(imageID)
	n.wants(imageID, "5")
	pending() // too late to matter
	rename(t, db, imageID, "6")
	n.wants(imageID, "5")
}

// Every part of a query makes it another one.
func TestQueriesHaveDifferentKeys(t *testing.T) {
	at := time.Unix(1, 5)
	marker := &records.Image{ID: "m"}
	queries := []*records.Query{
		{},
		{Limit: 1},
		{Scope: records.Scope{Restricted: true}},
		{Scope: records.Scope{AnyMembership: true}},
		{Scope: records.Scope{OwnDeleted: true}},
		{Scope: records.Scope{AllVisibilities: true}},
		{Scope: records.Scope{TwoVisibilities: true}},
		{Scope: records.Scope{Owner: records.NullOf("")}},
		{Scope: records.Scope{Owner: records.NullOf("a")}},
		{Scope: records.Scope{MemberStatus: records.NullOf("a")}},
		{Scope: records.Scope{Visibility: records.NullOf("a")}},
		{Where: []records.Condition{records.Is("a", "b")}},
		{Where: []records.Condition{records.Is("ab", "")}},
		{Where: []records.Condition{records.Is("a", nil)}},
		{Where: []records.Condition{records.Is("a", true)}},
		{Where: []records.Condition{records.Is("a", false)}},
		{Where: []records.Condition{records.Is("a", int64(1))}},
		{Where: []records.Condition{records.Is("a", "1")}},
		{Where: []records.Condition{records.Is("a", records.ListItem("1"))}},
		{Where: []records.Condition{records.Is("a", at)}},
		{Where: []records.Condition{records.Is("a", at.Add(1))}},
		{Where: []records.Condition{{Column: "a", Op: records.In, Values: []any{"b"}}}},
		{Where: []records.Condition{{Column: "a", Op: records.In}}},
		{Where: []records.Condition{records.Is("a", "b"), records.Is("c", "d")}},
		{Properties: []records.PropertyMatch{{Name: "a", Value: "b"}}},
		{Properties: []records.PropertyMatch{{Name: "a", Value: "c"}}},
		{Tags: []string{"a"}},
		{Tags: []string{"a", ""}},
		{Sort: []records.SortKey{{Column: "a"}}},
		{Sort: []records.SortKey{{Column: "a", Descending: true}}},
		{Sort: []records.SortKey{{Column: "a", Nulls: records.NullsLast}}},
		{Marker: marker},
		{Marker: &records.Image{ID: "n"}},
		{Marker: marker, Sort: []records.SortKey{{Column: "name"}}},
		{Marker: &records.Image{ID: "m", Name: records.NullOf("x")}, Sort: []records.SortKey{{Column: "name"}}},
	}
	seen := map[string]int{}
	for n, q := range queries {
		key, ok := cache.QueryKey(q)
		if !ok {
			t.Errorf("query %d is not cached", n)
		}
		if other, taken := seen[key]; taken {
			t.Errorf("queries %d and %d have one key", n, other)
		}
		seen[key] = n
	}
	for n, q := range []*records.Query{
		{Limit: -1}, {Limit: 1001}, {Where: []records.Condition{records.Is("a", 1.5)}},
		{Properties: []records.PropertyMatch{{Name: "a", Value: 1.5}}},
	} {
		if _, ok := cache.QueryKey(q); ok {
			t.Errorf("query %d is cached", n)
		}
	}
}

package storage

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/conformance"
	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/records"
)

// sortable are the columns that one of the protocols sorts by. Most have few
// values in the dataset, and many of them nulls.
var sortable = []string{
	"name", "status", "container_format", "disk_format", "size", "virtual_size", "checksum", "owner",
	"min_disk", "min_ram", "protected", "os_hidden", "os_hash_algo", "deleted", "created_at", "updated_at", "deleted_at", "id",
}

// Walked in pages, a list is what it is in one piece: every image once, in the
// same order, whatever it is sorted by.
func TestPagesAreTheList(t *testing.T) {
	eachPagingDatabase(t, func(t *testing.T, db *servers.Database) {
		backend := registrytest.Open(t, db)
		rows := servers.Value[int](t, db, "SELECT count(*) FROM images")
		for _, keys := range orders() {
			q := &records.Query{Scope: records.Scope{AllVisibilities: true}, Sort: keys, Limit: -1}
			all := list(t, backend, q)
			if len(all) != rows || len(distinct(all)) != rows {
				t.Fatalf("sorted by %s: %d images, %d distinct, of %d", label(keys), len(all), len(distinct(all)), rows)
			}
			if walked := walk(t, backend, *q, 11); !slices.Equal(walked, all) {
				t.Errorf("sorted by %s: %s", label(keys), firstDifference(walked, all))
			}
		}
	})
}

// orders are all columns in both directions, with tie-breakers in the same and
// in the other direction, and some pairs of columns with nulls.
func orders() [][]records.SortKey {
	var orders [][]records.SortKey
	for _, column := range sortable {
		for _, directions := range [][2]bool{{false, false}, {false, true}, {true, false}, {true, true}} {
			orders = append(orders, order(directions[1], records.SortKey{Column: column, Descending: directions[0]}))
		}
	}
	for _, pair := range [][2]string{{"size", "name"}, {"deleted_at", "virtual_size"}, {"owner", "container_format"}} {
		for _, directions := range [][2]bool{{false, false}, {false, true}, {true, false}, {true, true}} {
			orders = append(orders, order(directions[0],
				records.SortKey{Column: pair[0], Descending: directions[0]},
				records.SortKey{Column: pair[1], Descending: directions[1]}))
		}
	}
	return orders
}

// order completes sort keys so that no two images are equal.
func order(tiesDescending bool, keys ...records.SortKey) []records.SortKey {
	for _, tie := range []string{"created_at", "id"} {
		if keys[0].Column != tie {
			keys = append(keys, records.SortKey{Column: tie, Descending: tiesDescending})
		}
	}
	return keys
}

func list(t *testing.T, store records.Store, q *records.Query) []string {
	t.Helper()
	images, err := store.Images(t.Context(), q)
	if err != nil {
		t.Fatalf("sorted by %s: %v", label(q.Sort), err)
	}
	ids := make([]string, len(images))
	for n, i := range images {
		ids[n] = i.ID
	}
	return ids
}

// walk reads page after page until one is empty.
func walk(t *testing.T, store records.Store, q records.Query, limit int) (ids []string) {
	t.Helper()
	q.Limit = limit
	for {
		page, err := store.Images(t.Context(), &q)
		if err != nil {
			t.Fatalf("sorted by %s: %v", label(q.Sort), err)
		}
		if len(page) == 0 || len(ids) > 1000 {
			return ids
		}
		for _, i := range page {
			ids = append(ids, i.ID)
		}
		q.Marker = page[len(page)-1]
	}
}

func distinct(ids []string) []string { return slices.Compact(slices.Sorted(slices.Values(ids))) }

func label(keys []records.SortKey) string {
	var b strings.Builder
	for _, k := range keys {
		b.WriteString(" " + k.Column)
		if k.Descending {
			b.WriteString(" desc")
		}
	}
	return b.String()[1:]
}

func eachPagingDatabase(t *testing.T, test func(*testing.T, *servers.Database)) {
	servers.EachDatabase(t, func(t *testing.T, db *servers.Database) {
		if err := conformance.Fill(t.Context(), db, "paging"); err != nil {
			t.Fatal(err)
		}
		test(t, db)
	})
}

// Lists that show deleted images are walked over deleted markers, too: those of
// an administrator, and everybody's with changes-since.
func TestPagesOverDeletedMarkers(t *testing.T) {
	lists := []struct {
		caller *access.Caller
		query  string
	}{
		{registrytest.Admin(), "deleted=true&is_public=none"},
		{registrytest.Admin(), "changes-since=2000-01-01&is_public=none"},
		{registrytest.Member("t-own"), "changes-since=2000-01-01"},
		{registrytest.Member("t-acc"), "changes-since=2000-01-01"},
	}
	eachPagingDatabase(t, func(t *testing.T, db *servers.Database) {
		node := registrytest.New(t, db)
		for _, l := range lists {
			for _, key := range []string{"name", "size", "created_at"} {
				for _, direction := range []string{"asc", "desc"} {
					query := fmt.Sprintf("%s&sort_key=%s&sort_dir=%s", l.query, key, direction)
					all := node.RespondTo("GET /images/detail?" + query + "&limit=1000").As(l.caller).ExpectImages()
					if !slices.ContainsFunc(all, func(i registrytest.Image) bool { return i.Deleted }) {
						t.Fatalf("%s: no deleted image among %d", query, len(all))
					}
					walked := walkREST(node, l.caller, query, len(all))
					if want := registrytest.IDs(all); !slices.Equal(walked, want) {
						t.Errorf("%s: %s", query, firstDifference(walked, want))
					}
				}
			}
		}
	})
}

// walkREST reads pages as a client does; after so many images it gives up.
func walkREST(node *registrytest.Registry, caller *access.Caller, query string, most int) (ids []string) {
	marker := ""
	for len(ids) <= most {
		page := node.RespondTo("GET /images?" + query + "&limit=3" + marker).As(caller).ExpectImages()
		if len(page) == 0 {
			break
		}
		ids = append(ids, registrytest.IDs(page)...)
		marker = "&marker=" + ids[len(ids)-1]
	}
	return ids
}

// firstDifference says where two lists of ids part.
func firstDifference(got, want []string) string {
	for n := range max(len(got), len(want)) {
		if n >= len(got) || n >= len(want) || got[n] != want[n] {
			return fmt.Sprintf("%d images, want %d; they part at %d: %s, want %s",
				len(got), len(want), n, got[n:min(n+3, len(got))], want[n:min(n+3, len(want))])
		}
	}
	return "no difference"
}

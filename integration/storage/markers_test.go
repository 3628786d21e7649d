package storage

import (
	"fmt"
	"slices"
	"testing"

	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/registry/access"
)

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

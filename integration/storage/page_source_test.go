package storage

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/integration/conformance"
	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/registry/records"
)

// A page is the same, whether its rows are read in order or what the caller may see
// is collected first: for every caller, on schemas with and without visibility.
func TestPageSourcesAgree(t *testing.T) {
	for _, release := range []string{"newton", "train"} {
		servers.EachRelease(t, release, func(t *testing.T, db *servers.Database) {
			if err := conformance.Fill(t.Context(), db, "small"); err != nil {
				t.Fatal(err)
			}
			inOrder, collected := registrytest.Open(t, db, from(dbbackend.InOrder)), registrytest.Open(t, db, from(dbbackend.Collected))
			shown := 0
			for scope := range scopes(owners(t, db)) {
				for _, q := range []*records.Query{
					{Scope: scope, Sort: order(true, records.SortKey{Column: "created_at", Descending: true}), Limit: -1},
					{Scope: scope, Sort: order(false, records.SortKey{Column: "name"}), Limit: 3, Where: []records.Condition{records.Is("deleted", false)}},
				} {
					want, got := list(t, inOrder, q), list(t, collected, q)
					if !slices.Equal(got, want) {
						t.Fatalf("%+v: %s", scope, firstDifference(got, want))
					}
					shown += len(got)
				}
			}
			if shown == 0 {
				t.Error("no page shows anything")
			}
		})
	}
}

func from(source dbbackend.PageSource) func(*dbbackend.Config) {
	return func(c *dbbackend.Config) { c.PageSource = records.NullOf(source) }
}

// owners are some who have images, some with whom images are shared, one who has
// nothing, and nobody.
func owners(t *testing.T, db *servers.Database) []records.Null[string] {
	t.Helper()
	all := []records.Null[string]{{}, records.NullOf("stranger")}
	for _, query := range []string{
		"SELECT DISTINCT owner FROM images WHERE owner IS NOT NULL ORDER BY owner LIMIT 3",
		"SELECT DISTINCT member FROM image_members ORDER BY member LIMIT 3",
	} {
		for _, owner := range servers.Column[string](t, db, query) {
			all = append(all, records.NullOf(owner))
		}
	}
	return all
}

// scopes are all that a list can be restricted to.
func scopes(owners []records.Null[string]) func(yield func(records.Scope) bool) {
	return func(yield func(records.Scope) bool) {
		visibilities := []records.Null[string]{{}}
		for _, v := range []string{records.Public, records.Private, records.Shared, records.Community} {
			visibilities = append(visibilities, records.NullOf(v))
		}
		for _, owner := range owners {
			for _, visibility := range visibilities {
				for _, status := range []records.Null[string]{{}, records.NullOf("accepted")} {
					for flags := range 1 << 5 {
						is := func(n int) bool { return flags>>n&1 == 1 }
						if is(2) && owner.Valid { // AnyMembership is for callers without owner
							continue
						}
						if !yield(records.Scope{
							Owner: owner, Visibility: visibility, MemberStatus: status,
							Restricted: is(0), OwnDeleted: is(1), AnyMembership: is(2), AllVisibilities: is(3), TwoVisibilities: is(4),
						}) {
							return
						}
					}
				}
			}
		}
	}
}

// A project that sees ten images of thousands makes the database look at hundreds of
// rows at most; what there is to look at is counted once.
func TestPageOfFewImages(t *testing.T) {
	const images, few = 3000, 10
	servers.EachDatabase(t, func(t *testing.T, db *servers.Database) {
		insertImages(t, db, images)
		db.Exec(t, "UPDATE images SET owner = 'many', visibility = 'shared'")
		db.Exec(t, "UPDATE images SET owner = 'few' WHERE id < '"+imageID(few)+"'")
		var statements []string
		backend := registrytest.Open(t, db, func(c *dbbackend.Config) {
			c.Observer = func(name string, _ time.Duration, _ error) { statements = append(statements, name) }
		})
		page := func(owner string) (found int, sent []string) {
			statements = nil
			found = len(list(t, backend, &records.Query{
				Scope: records.Scope{Restricted: true, Owner: records.NullOf(owner)},
				Where: []records.Condition{records.Is("deleted", false)},
				Sort:  order(true, records.SortKey{Column: "created_at", Descending: true}), Limit: 25,
			}))
			return found, slices.DeleteFunc(statements, func(name string) bool { return !strings.HasPrefix(name, "image_") })
		}
		for _, step := range []struct {
			owner string
			found int
			sent  []string
		}{
			{"few", few, []string{"image_list_sizes", "image_list_owned", "image_get_all"}},
			{"few", few, []string{"image_get_all"}},
			{"many", 25, []string{"image_list_owned", "image_get_all"}},
			{"many", 25, []string{"image_get_all"}},
		} {
			if found, sent := page(step.owner); found != step.found || !slices.Equal(sent, step.sent) {
				t.Errorf("%s: %d images by %q, want %d by %q", step.owner, found, sent, step.found, step.sent)
			}
		}
		if db.Dialect != servers.MySQL {
			return
		}
		read := func(owner string) int {
			const rows = "SELECT CAST(SUM(variable_value) AS SIGNED) FROM information_schema.global_status WHERE variable_name LIKE 'handler_read%'"
			before := servers.Value[int](t, db, rows)
			page(owner)
			return servers.Value[int](t, db, rows) - before
		}
		for _, owner := range []string{"few", "many"} {
			// Others may read from the server meanwhile.
			if least := min(read(owner), read(owner), read(owner)); least > images/10 {
				t.Errorf("%s: %d rows are read", owner, least)
			}
		}
	})
}

package benchmark

import (
	"fmt"
	"testing"

	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/registry/records"
)

// sparseImages are all images, most of which a project does not see.
const sparseImages = 100_000

// BenchmarkSparse reads the default page of a project that sees its own 100 images, those
// that are shared with it, and some that are public. The figures are how many times as
// long the page takes by each of the two sources as by the one that is chosen.
func BenchmarkSparse(b *testing.B) {
	for _, dialect := range servers.Dialects {
		b.Run(string(dialect), func(b *testing.B) {
			db := servers.NewDatabase(b, dialect)
			fill(b, db, sparseImages, 5)
			for _, public := range []int{10_000, 1_000, 100, 0} {
				db.Exec(b, "UPDATE images SET visibility = 'shared' WHERE visibility = 'public'")
				db.Exec(b, "UPDATE images SET visibility = 'public' WHERE id <= '"+imageID(public)+"'")
				b.Run(fmt.Sprint("public=", public), func(b *testing.B) {
					c := compare(b, 1, page(b, db, records.Null[dbbackend.PageSource]{}),
						page(b, db, records.NullOf(dbbackend.InOrder)), page(b, db, records.NullOf(dbbackend.Collected)))
					b.ReportMetric(c.share(1), "in-order/chosen")
					b.ReportMetric(c.share(2), "collected/chosen")
				})
			}
		})
	}
}

// page reads the first page of the tenant.
func page(b *testing.B, db *servers.Database, source records.Null[dbbackend.PageSource]) side {
	b.Helper()
	backend := registrytest.Open(b, db, func(c *dbbackend.Config) { c.PageSource = source })
	q := &records.Query{
		Scope: records.Scope{Restricted: true, Owner: records.NullOf(tenant.project)},
		Where: []records.Condition{records.Is("deleted", false), records.Is("status", "active")},
		Sort:  []records.SortKey{{Column: "created_at", Descending: true}, {Column: "id", Descending: true}},
		Limit: 25, Children: records.WithProperties | records.WithLocations | records.WithTags,
	}
	return side{name: fmt.Sprint(source), run: func(int, int) error {
		images, err := backend.Images(b.Context(), q)
		if err == nil && len(images) != q.Limit {
			err = fmt.Errorf("%d images", len(images))
		}
		return err
	}}
}

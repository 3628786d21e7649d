package dbbackend

import (
	"context"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/glancegate/glancegate/dbbackend/internal/pool"
	"github.com/glancegate/glancegate/dbbackend/internal/sqltext"
	"github.com/glancegate/glancegate/registry/records"
)

// PageSource is where a page finds its rows.
type PageSource = sqltext.Source

// The sources of pages.
const (
	// InOrder reads images in the order of the page.
	InOrder = sqltext.InOrder

	// Collected collects what the caller may see, and sorts it.
	Collected = sqltext.Collected
)

const (
	// countAge is how long counts are used. They decide how long a page takes, and
	// nothing else.
	countAge = 10 * time.Minute

	// maxCount and maxOwned are where counting ends.
	maxCount = 500_000
	maxOwned = 20_000

	// maxOwners bounds the projects whose counts are remembered.
	maxOwners = 10_000

	// manyRows is how many rows a page may look at before it is worth to look for
	// another way.
	manyRows = 500

	// scannedPerRow is how many entries of an index are passed in the time in which one
	// row is looked up. Memberships are passed, as Glance has no index on the member.
	scannedPerRow = 50
)

// pageSources decides where pages find their rows.
type pageSources struct {
	always records.Null[PageSource]

	// counts are what there is in all, or of an owner.
	counts *lru.Cache[records.Null[string], counts]
}

// counts are numbers of rows, as the statement that counted has them.
type counts struct {
	rows  []int
	since time.Time
}

func newPageSources() pageSources {
	c, _ := lru.New[records.Null[string], counts](maxOwners) // only fails for sizes below 1
	return pageSources{counts: c}
}

// sourceOf chooses the source that looks at fewer rows. In order, a page of a caller
// who may see one image of a thousand looks at a thousand for each.
func (b *Backend) sourceOf(ctx context.Context, on pool.Session, s *sqltext.Schema, q *records.Query) (PageSource, error) {
	if b.sources.always.Valid {
		return b.sources.always.V, nil
	}
	c, known := s.CollectionFor(q)
	if !known {
		return InOrder, nil
	}
	all, err := b.count(ctx, on, records.Null[string]{}, 3, func() *sqltext.Statement { return b.d.SizesStatement(s, maxCount) })
	if err != nil {
		return InOrder, err
	}
	images, members, visible := all[0], all[1], 0
	if c.Public {
		visible = all[2]
	}
	if !collects(q, images, visible, 0) { // nor if more are visible
		return InOrder, nil
	}
	if !c.Owned {
		return Collected, nil
	}
	own, err := b.count(ctx, on, q.Scope.Owner, 2, func() *sqltext.Statement { return b.d.OwnedStatement(s, q.Scope.Owner.V, maxOwned) })
	if err != nil || !collects(q, images, visible+own[0]+own[1], members) {
		return InOrder, err
	}
	return Collected, nil
}

// collects reports whether a page looks at fewer rows if what the caller may see is
// collected than if it is read in order.
func collects(q *records.Query, images, visible, scanned int) bool {
	inOrder := images
	if 0 <= q.Limit && q.Limit < images && sqltext.HasOrder(q) {
		inOrder = min(images, q.Limit*images/max(visible, 1))
	}
	return inOrder > manyRows && visible+scanned/scannedPerRow < inOrder
}

// count returns what was counted in the last minutes for an owner, or in all. While it
// is counted again, others use what was counted before.
func (b *Backend) count(ctx context.Context, on pool.Session, owner records.Null[string], columns int, statement func() *sqltext.Statement) ([]int, error) {
	was, known := b.sources.counts.Get(owner)
	if known && time.Since(was.since) < countAge {
		return was.rows, nil
	}
	if known {
		b.sources.counts.Add(owner, counts{was.rows, time.Now()})
	}
	rows, err := b.readCounts(ctx, on, statement(), columns)
	if err != nil {
		b.sources.counts.Remove(owner)
		return nil, err
	}
	b.sources.counts.Add(owner, counts{rows, time.Now()})
	return rows, nil
}

// readCounts reads the one row of a statement that counts.
func (b *Backend) readCounts(ctx context.Context, on pool.Session, st *sqltext.Statement, columns int) ([]int, error) {
	r, err := b.run(ctx, on, st)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	rows := make([]int, columns)
	dest := make([]any, columns)
	for n := range rows {
		dest[n] = &rows[n]
	}
	for r.Next() {
		if err := r.Scan(dest...); err != nil {
			return nil, err
		}
	}
	return rows, r.Err()
}

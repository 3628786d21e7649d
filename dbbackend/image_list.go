package dbbackend

import (
	"context"
	"errors"
	"slices"

	"github.com/glancegate/glancegate/dbbackend/internal/pool"
	"github.com/glancegate/glancegate/dbbackend/internal/sqltext"
	"github.com/glancegate/glancegate/registry/budget"
	"github.com/glancegate/glancegate/registry/records"
)

// largePage is the size from which on memory is reserved before a page is read.
const largePage = 1000

// Images implements records.Store in two round trips: the page, then the children of
// all its images. A list without children costs one, a list without a limit may cost
// more.
//
// Images may change between the two. So the second one reads their rows again. If
// they differ, everything is read in one snapshot, which costs two more round trips.
// So no image has children of another version of it.
func (b *Backend) Images(ctx context.Context, q *records.Query) ([]*records.Image, error) {
	if q.Limit < 0 || q.Limit > largePage {
		if err := budget.Of(ctx).Enter(ctx); err != nil {
			return nil, err
		}
	}
	var images []*records.Image
	err := b.read(ctx, func(s *sqltext.Schema) (err error) {
		images, err = b.readImages(ctx, b.pool, s, q)
		if errors.Is(err, errChanged) {
			images, err = b.readSnapshot(ctx, s, q)
		}
		return err
	})
	return images, err
}

// errChanged says that rows were written while they were read.
var errChanged = errors.New("dbbackend: images changed while they were read")

func (b *Backend) readSnapshot(ctx context.Context, s *sqltext.Schema, q *records.Query) ([]*records.Image, error) {
	t, err := b.pool.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	defer t.Rollback()
	return b.readImages(ctx, t, s, q)
}

func (b *Backend) readImages(ctx context.Context, from pool.Session, s *sqltext.Schema, q *records.Query) ([]*records.Image, error) {
	images, err := b.readPage(ctx, from, s, q)
	if err != nil || len(images) == 0 || q.Children == 0 {
		return images, err
	}
	for part := range slices.Chunk(images, sqltext.MaxArguments/(sqltext.TagRow+1)) {
		if err := b.readChildren(ctx, from, s, part, q.Children); err != nil {
			return nil, err
		}
	}
	return images, nil
}

func (b *Backend) readPage(ctx context.Context, from pool.Session, s *sqltext.Schema, q *records.Query) ([]*records.Image, error) {
	source, err := b.sourceOf(ctx, from, s, q)
	if err != nil {
		return nil, err
	}
	st, err := b.d.PageStatement(s, q, source)
	if err != nil {
		return nil, err
	}
	var images []*records.Image
	err = b.eachRecordRow(ctx, from, st, func(row *recordRow) error {
		images = append(images, row.image())
		return nil
	})
	return images, err
}

// readChildren adds the children to images, or returns errChanged.
func (b *Backend) readChildren(ctx context.Context, from pool.Session, s *sqltext.Schema, images []*records.Image, which records.Children) error {
	ids := make([]string, len(images))
	byID := make(map[string]*records.Image, len(images))
	for n, i := range images {
		ids[n], byID[i.ID] = i.ID, i
	}
	unchanged := 0
	err := b.eachRecordRow(ctx, from, b.childrenStatement(s, ids, which), func(row *recordRow) error {
		// MySQL ignores the case of ids, so it may find rows of other images.
		switch image := byID[row.imageID]; {
		case image == nil:
		case row.kind != sqltext.ImageRow:
			return row.addTo(image)
		case row.is(image):
			unchanged++
		}
		return nil
	})
	if err != nil {
		return err
	}
	if unchanged < len(images) {
		return errChanged
	}
	for _, i := range images {
		sortChildren(i)
	}
	return nil
}

func (b *Backend) childrenStatement(s *sqltext.Schema, ids []string, which records.Children) *sqltext.Statement {
	st := b.d.NewStatement("image_children").SQL("SELECT ", s.ImageColumns, " FROM images i WHERE i.id IN ").List(ids)
	for kind, flag := range childFlags {
		if which&flag != 0 {
			st.SQL(" UNION ALL ", b.children[kind], " WHERE c.image_id IN ").List(ids)
		}
	}
	return st
}

// childFlags is indexed by kind of row. A fixed order gives equal lists the same
// statement, which is prepared once.
var childFlags = [sqltext.TagRow + 1]records.Children{
	sqltext.PropertyRow: records.WithProperties,
	sqltext.LocationRow: records.WithLocations,
	sqltext.MemberRow:   records.WithMembers,
	sqltext.TagRow:      records.WithTags,
}

package dbbackend

import (
	"context"
	"errors"
	"slices"

	"github.com/glancegate/glancegate/registry/budget"
	"github.com/glancegate/glancegate/registry/records"
)

// largePage is from how many images on a memory is reserved for a page before it is
// read.
const largePage = 1000

// Images implements records.Store in two round trips: the page, then the
// children of all its images. A list that needs no children costs one, and one
// without a limit may cost more.
//
// Somebody may write between the two. So the second one reads the rows of the
// images again, and where they differ everything is read in one snapshot, which
// costs two round trips more: no image has the children of another state of it.
func (b *Backend) Images(ctx context.Context, q *records.Query) ([]*records.Image, error) {
	if q.Limit < 0 || q.Limit > largePage {
		if err := budget.Of(ctx).Enter(ctx); err != nil {
			return nil, err
		}
	}
	var images []*records.Image
	err := b.read(ctx, func(s *schema) (err error) {
		images, err = b.readImages(ctx, b.pool, s, q)
		if errors.Is(err, errChanged) {
			images, err = b.readSnapshot(ctx, s, q)
		}
		return err
	})
	return images, err
}

// errChanged is that rows were written while they were read.
var errChanged = errors.New("dbbackend: images changed while they were read")

func (b *Backend) readSnapshot(ctx context.Context, s *schema, q *records.Query) ([]*records.Image, error) {
	t, err := b.pool.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	defer t.rollback()
	return b.readImages(ctx, t, s, q)
}

func (b *Backend) readImages(ctx context.Context, from session, s *schema, q *records.Query) ([]*records.Image, error) {
	images, err := b.readPage(ctx, from, s, q)
	if err != nil || len(images) == 0 || q.Children == 0 {
		return images, err
	}
	for part := range slices.Chunk(images, maxArguments/(tagRow+1)) {
		if err := b.readChildren(ctx, from, s, part, q.Children); err != nil {
			return nil, err
		}
	}
	return images, nil
}

func (b *Backend) readPage(ctx context.Context, from session, s *schema, q *records.Query) ([]*records.Image, error) {
	st, err := b.d.pageStatement(s, q)
	if err != nil {
		return nil, err
	}
	r, err := b.run(ctx, from, st)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var images []*records.Image
	var row recordRow
	dest := row.dest(b.d)
	for r.Next() {
		if err := r.Scan(dest...); err != nil {
			return nil, err
		}
		b.odd.judge(&row)
		images = append(images, row.image())
	}
	return images, r.Err()
}

// readChildren adds the children to images, or returns errChanged.
func (b *Backend) readChildren(ctx context.Context, from session, s *schema, images []*records.Image, which records.Children) error {
	ids := make([]string, len(images))
	byID := make(map[string]*records.Image, len(images))
	for n, i := range images {
		ids[n], byID[i.ID] = i.ID, i
	}
	r, err := b.run(ctx, from, b.childrenStatement(s, ids, which))
	if err != nil {
		return err
	}
	defer r.Close()
	var row recordRow
	unchanged := 0
	dest := row.dest(b.d)
	for r.Next() {
		if err := r.Scan(dest...); err != nil {
			return err
		}
		b.odd.judge(&row)
		// Of ids that differ in case only, MySQL finds the rows of both.
		switch image := byID[row.imageID]; {
		case image == nil:
		case row.kind != imageRow:
			if err := row.addTo(image); err != nil {
				return err
			}
		case row.is(image):
			unchanged++
		}
	}
	if err := r.Err(); err != nil {
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

func (b *Backend) childrenStatement(s *schema, ids []string, which records.Children) *statement {
	st := b.d.statement("image_children").sql("SELECT ", s.imageColumns, " FROM images i WHERE i.id IN ").list(ids)
	for kind, flag := range childFlags {
		if which&flag != 0 {
			st.sql(" UNION ALL ", b.children[kind], " WHERE c.image_id IN ").list(ids)
		}
	}
	return st
}

// childFlags is by kind of row. Its order makes lists of one kind one statement,
// which is prepared once.
var childFlags = [tagRow + 1]records.Children{
	propertyRow: records.WithProperties,
	locationRow: records.WithLocations,
	memberRow:   records.WithMembers,
	tagRow:      records.WithTags,
}

package dbbackend

import (
	"context"
	"slices"

	"github.com/glancegate/glancegate/registry"
)

// Images implements registry.Store in two round trips: the page, then the
// children of all its images. A list that needs no children costs one, and one
// without a limit may cost more.
func (b *Backend) Images(ctx context.Context, q *registry.Query) ([]*registry.Image, error) {
	var images []*registry.Image
	err := b.read(ctx, func(s *schema) (err error) {
		if images, err = b.readPage(ctx, s, q); err != nil || len(images) == 0 {
			return err
		}
		for part := range slices.Chunk(images, maxArguments/tagRow) {
			if err := b.readChildren(ctx, part, q.Children); err != nil {
				return err
			}
		}
		return nil
	})
	return images, err
}

func (b *Backend) readPage(ctx context.Context, s *schema, q *registry.Query) ([]*registry.Image, error) {
	st, err := b.d.pageStatement(s, q)
	if err != nil {
		return nil, err
	}
	r, err := b.run(ctx, b.pool, st)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var images []*registry.Image
	var row recordRow
	dest := row.dest()
	for r.Next() {
		if err := r.Scan(dest...); err != nil {
			return nil, err
		}
		images = append(images, row.image())
	}
	return images, r.Err()
}

func (b *Backend) readChildren(ctx context.Context, images []*registry.Image, which registry.Children) error {
	if which == 0 {
		return nil
	}
	ids := make([]string, len(images))
	byID := make(map[string]*registry.Image, len(images))
	for n, i := range images {
		ids[n], byID[i.ID] = i.ID, i
	}
	st := b.d.statement("image_children")
	union := ""
	for kind, flag := range childFlags {
		if which&flag != 0 {
			st.sql(union, b.children[kind], " WHERE c.image_id IN ").list(ids)
			union = " UNION ALL "
		}
	}
	r, err := b.run(ctx, b.pool, st)
	if err != nil {
		return err
	}
	defer r.Close()
	var row recordRow
	dest := row.dest()
	for r.Next() {
		if err := r.Scan(dest...); err != nil {
			return err
		}
		// Of ids that differ in case only, MySQL finds the children of both.
		if image := byID[row.imageID]; image != nil {
			if err := row.addTo(image); err != nil {
				return err
			}
		}
	}
	for _, i := range images {
		sortChildren(i)
	}
	return r.Err()
}

// childFlags is by kind of row. Its order makes lists of one kind one statement,
// which is prepared once.
var childFlags = [tagRow + 1]registry.Children{
	propertyRow: registry.WithProperties,
	locationRow: registry.WithLocations,
	memberRow:   registry.WithMembers,
	tagRow:      registry.WithTags,
}

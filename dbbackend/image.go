package dbbackend

import (
	"context"

	"github.com/glancegate/glancegate/registry/records"
)

// Image implements records.Store in one round trip.
func (b *Backend) Image(ctx context.Context, id string) (*records.Image, error) {
	var image *records.Image
	err := b.read(ctx, func(s *schema) (err error) {
		image, err = b.readRecord(ctx, b.pool, s, id)
		return err
	})
	return image, err
}

// recordText is the SQL that reads a record; its only argument, the id, stands in
// it once for the image and once for each kind of children.
func (b *Backend) recordText(s *schema) string {
	st := b.d.statement("image_get").sql("SELECT ", s.imageColumns, " FROM images i WHERE i.id = ").arg("")
	for kind := propertyRow; kind <= tagRow; kind++ {
		st.sql(" UNION ALL ", b.children[kind], " WHERE c.image_id = ").arg("")
	}
	return st.String()
}

func (b *Backend) readRecord(ctx context.Context, from session, s *schema, id string) (*records.Image, error) {
	bound := any(id)
	st := &statement{d: b.d, name: "image_get", fixed: s.record, args: []any{bound, bound, bound, bound, bound}}
	r, err := b.run(ctx, from, st)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var image *records.Image
	var early []recordRow
	var row recordRow
	dest := row.dest(b.d)
	for r.Next() {
		if err := r.Scan(dest...); err != nil {
			return nil, err
		}
		b.odd.judge(&row)
		switch {
		case row.kind == imageRow:
			image = row.image()
		case image == nil: // SQL promises no order
			early = append(early, row)
		default:
			if err := row.addTo(image); err != nil {
				return nil, err
			}
		}
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	if image == nil {
		return nil, records.ErrImageNotFound(id)
	}
	for n := range early {
		if err := early[n].addTo(image); err != nil {
			return nil, err
		}
	}
	sortChildren(image)
	return image, nil
}

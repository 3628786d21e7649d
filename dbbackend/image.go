package dbbackend

import (
	"context"

	"github.com/glancegate/glancegate/dbbackend/internal/pool"
	"github.com/glancegate/glancegate/dbbackend/internal/sqltext"
	"github.com/glancegate/glancegate/registry/records"
)

// Image implements records.Store in one round trip.
func (b *Backend) Image(ctx context.Context, id string) (*records.Image, error) {
	var image *records.Image
	err := b.read(ctx, func(s *sqltext.Schema) (err error) {
		image, err = b.readRecord(ctx, b.pool, s, id)
		return err
	})
	return image, err
}

func (b *Backend) readRecord(ctx context.Context, from pool.Session, s *sqltext.Schema, id string) (*records.Image, error) {
	bound := any(id)
	st := b.d.Prepared("image_get", s.Record, bound, bound, bound, bound, bound)
	var image *records.Image
	var early []recordRow
	err := b.eachRecordRow(ctx, from, st, func(row *recordRow) error {
		switch {
		case row.kind == sqltext.ImageRow:
			image = row.image()
		case image == nil: // SQL promises no order
			early = append(early, *row)
		default:
			return row.addTo(image)
		}
		return nil
	})
	if err != nil {
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

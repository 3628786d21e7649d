package registry

import (
	"context"
	"slices"
	"time"

	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/records"
)

// DeleteImage soft-deletes an image and its live children and returns it as it
// is then: the times just set are those of this process, not of the database.
// The status does not change (registry-v1.md, 4.6).
func (s *Service) DeleteImage(ctx context.Context, c *access.Caller, id string) (*records.Image, error) {
	if err := s.CheckWritable(c); err != nil {
		return nil, err
	}
	var deleted *records.Image
	now := records.Now(s.Now)
	err := s.Store.InTx(ctx, func(tx records.Tx) error {
		image, err := lockedImage(ctx, tx, c, id)
		if err != nil {
			return err
		}
		if err := s.checkDelete(c, image); err != nil {
			return err
		}
		gone := records.Values{
			{Column: "deleted", Value: true},
			{Column: "deleted_at", Value: now},
			{Column: "updated_at", Value: now},
		}
		if _, err := tx.Update(ctx, records.Images, records.Values{{Column: "id", Value: image.ID}}, gone); err != nil {
			return err
		}
		live := records.Values{{Column: "image_id", Value: image.ID}, {Column: "deleted", Value: false}}
		w := childWriter{ctx: ctx, tx: tx, imageID: image.ID, now: now}
		for _, table := range []records.Table{records.ImageLocations, records.ImageProperties, records.ImageMembers, records.ImageTags} {
			set := gone
			if table == records.ImageLocations {
				set = append(records.Values{{Column: "status", Value: records.StatusDeleted}}, gone...)
			}
			if table == records.ImageMembers && !membersGoTogether(image.Members, now) {
				if err := w.deleteMembers(image.Members, liveMembers(image.Members)); err != nil {
					return err
				}
				continue
			}
			if _, err := tx.Update(ctx, table, live, set); err != nil {
				return err
			}
		}
		deleted = asDeleted(image, records.NullOf(now), id == image.ID)
		return nil
	})
	return deleted, err
}

// asDeleted is the record after its deletion. The old service marked the
// properties in its memory only where the id was spelled as the row has it,
// which MySQL does not ask for; its answer showed the others as live.
func asDeleted(i *records.Image, at records.Null[time.Time], sameSpelling bool) *records.Image {
	d := *i
	d.Deleted, d.DeletedAt, d.UpdatedAt = true, at, at
	d.Properties = slices.Clone(i.Properties)
	for n := range d.Properties {
		if p := &d.Properties[n]; !p.Deleted && sameSpelling {
			p.Deleted, p.DeletedAt = true, at
		}
	}
	d.Locations = slices.Clone(i.Locations)
	for n := range d.Locations {
		if l := &d.Locations[n]; !l.Deleted {
			l.Deleted, l.DeletedAt, l.UpdatedAt, l.Status = true, at, at, records.StatusDeleted
		}
	}
	d.Members, d.Tags = nil, nil
	return &d
}

package registry

import (
	"context"
	"slices"
	"time"
)

// DeleteImage soft-deletes an image and its live children and returns it as it
// is then: the times just set are those of this process, not of the database.
// The status does not change (registry-v1.md, 4.6).
func (s *Service) DeleteImage(ctx context.Context, c *Caller, id string) (*Image, error) {
	if err := s.CheckWritable(c); err != nil {
		return nil, err
	}
	var deleted *Image
	now := s.now()
	err := s.Store.InTx(ctx, func(tx Tx) error {
		image, err := lockedImage(ctx, tx, c, id)
		if err != nil {
			return err
		}
		if err := s.checkDelete(c, image); err != nil {
			return err
		}
		gone := Values{
			{Column: "deleted", Value: true},
			{Column: "deleted_at", Value: now},
			{Column: "updated_at", Value: now},
		}
		if _, err := tx.Update(ctx, Images, Values{{Column: "id", Value: image.ID}}, gone); err != nil {
			return err
		}
		live := Values{{Column: "image_id", Value: image.ID}, {Column: "deleted", Value: false}}
		w := childWriter{ctx: ctx, tx: tx, imageID: image.ID, now: now}
		for _, table := range []Table{ImageLocations, ImageProperties, ImageMembers, ImageTags} {
			set := gone
			if table == ImageLocations {
				set = append(Values{{Column: "status", Value: StatusDeleted}}, gone...)
			}
			if table == ImageMembers && !membersGoTogether(image.Members, now) {
				if err := w.deleteMembers(image.Members, liveMembers(image.Members)); err != nil {
					return err
				}
				continue
			}
			if _, err := tx.Update(ctx, table, live, set); err != nil {
				return err
			}
		}
		deleted = image.asDeleted(NullOf(now), id == image.ID)
		return nil
	})
	return deleted, err
}

// asDeleted is the record after its deletion. The old service marked the
// properties in its memory only where the id was spelled as the row has it,
// which MySQL does not ask for; its answer showed the others as live.
func (i *Image) asDeleted(at Null[time.Time], sameSpelling bool) *Image {
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
			l.Deleted, l.DeletedAt, l.UpdatedAt, l.Status = true, at, at, StatusDeleted
		}
	}
	d.Members, d.Tags = nil, nil
	return &d
}

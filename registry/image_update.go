package registry

import (
	"context"
	"slices"

	"github.com/glancegate/glancegate/registry/pyjson"
)

// UpdateOptions are the arguments of UpdateImage besides the values.
type UpdateOptions struct {
	// PurgeProps soft-deletes the properties that the values do not name.
	PurgeProps bool

	// FromState is the status that the image must have; empty: any. Of
	// concurrent updates with the same FromState one wins.
	FromState string
}

// FromState reads the status of UpdateOptions from JSON; null and everything
// empty are no condition.
func FromState(v any) (string, error) {
	if !pyjson.Truthy(v) {
		return "", nil
	}
	if text, ok := v.(string); ok {
		if err := CheckFourByteText("from_state", text); err != nil {
			return "", err
		}
	}
	coerced, err := coerce(Column{Name: "from_state", Kind: Text}, v)
	if err != nil {
		return "", err
	}
	switch t := coerced.(type) {
	case string:
		return t, nil
	case ListItem:
		return string(t), nil
	}
	return "", badValue("from_state", "must be a text")
}

// UpdateImage changes the columns, properties and locations that are among the
// values and reads the image back (registry-v2-rpc.md, 5.6).
func (s *Service) UpdateImage(ctx context.Context, c *Caller, id string, values *pyjson.Object, o UpdateOptions) (*Image, error) {
	if err := s.CheckWritable(c); err != nil {
		return nil, err
	}
	v, apartErr := takeApart(values)
	if apartErr != nil && !comesLate(apartErr) {
		return nil, apartErr
	}
	if v != nil {
		if err := s.checkLocationsAllowed(c, v.locations); err != nil {
			return nil, err
		}
		if _, given := v.columns.Get("owner"); given {
			if err := s.checkOwner(c, v); err != nil {
				return nil, err
			}
		}
	}
	now := s.now()
	err := s.Store.InTx(ctx, func(tx Tx) error {
		image, err := lockedImage(ctx, tx, c, id)
		if err != nil {
			return err
		}
		if apartErr != nil {
			return apartErr
		}
		id = image.ID
		row, err := v.updateRow(image)
		if err != nil {
			return err
		}
		if s.BeforeOcata && v.fromPublic {
			row = keepVisibility(row, image)
		}
		if err := s.checkChange(c, image, row, v.properties); err != nil {
			return err
		}
		row.Set("updated_at", now)
		if err := updateRow(ctx, tx, image, row, o.FromState); err != nil {
			return err
		}
		if err := checkStillVisible(c, image, row); err != nil {
			return err
		}
		w := childWriter{ctx: ctx, tx: tx, imageID: image.ID, now: now, plain: s.plain(c)}
		if err := w.setProperties(image.Properties, v.properties, o.PurgeProps); err != nil {
			return err
		}
		return w.replaceLocations(image.Locations, v.locations)
	})
	if err != nil {
		return nil, err
	}
	return s.Image(ctx, c, id, false)
}

// comesLate tells errors that are found only after the image was looked up and
// the caller's right to change it was checked.
func comesLate(err error) bool {
	e, ok := err.(*Error)
	return ok && (e.Kind == BadValue || e.Message == "Specifying both 'visibility' and 'is_public' is not permiitted.")
}

// updateRow drops what an update may not set and checks the rest.
func (v *imageValues) updateRow(image *Image) (Values, error) {
	for _, name := range []string{"created_at", "updated_at", "deleted_at", "deleted"} {
		v.columns.Delete(name)
	}
	if id, ok := v.columns.Get("id"); ok {
		if id != image.ID {
			return nil, ErrImageNotFound(image.ID)
		}
		v.columns.Delete("id")
	}
	if err := v.checkStatus(false); err != nil {
		return nil, err
	}
	if err := v.checkRange(); err != nil {
		return nil, err
	}
	return v.row(false)
}

// keepVisibility takes the visibility out of a row that makes the image neither
// more nor less public. Clients before Ocata send all attributes with every
// update; a private image would become a shared one by its renaming.
func keepVisibility(row Values, image *Image) Values {
	visibility, _ := row.Get("visibility")
	if (visibility == Public) != (image.Visibility == Public) {
		return row
	}
	return slices.DeleteFunc(row, func(a Assignment) bool { return a.Column == "visibility" })
}

func updateRow(ctx context.Context, tx Tx, image *Image, row Values, fromState string) error {
	where := Values{{Column: "id", Value: image.ID}}
	if fromState != "" {
		where.Set("status", fromState)
	}
	matched, err := tx.Update(ctx, Images, where, row)
	if err != nil {
		return err
	}
	if matched == 0 {
		status, ok := row.Get("status")
		if !ok || status == nil {
			status = "None"
		}
		return Errorf(Conflict, "cannot transition from %s to %s in update (wanted from_state=%s)",
			image.Status, status, fromState)
	}
	return nil
}

// checkStillVisible refuses an update that takes the image out of the caller's
// own sight.
func checkStillVisible(c *Caller, image *Image, row Values) error {
	after := *image
	if owner, ok := row.Get("owner"); ok {
		text, isText := owner.(string)
		after.Owner = Null[string]{V: text, Valid: isText}
	}
	if visibility, ok := row.Get("visibility"); ok {
		after.Visibility = visibility.(string)
	}
	return checkVisible(c, &after, true)
}

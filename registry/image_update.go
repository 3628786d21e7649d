package registry

import (
	"context"
	"slices"

	"github.com/glancegate/glancegate/compat"
	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/internal/coerce"
	"github.com/glancegate/glancegate/registry/records"
)

// UpdateOptions are the arguments of UpdateImage besides the values.
type UpdateOptions struct {
	// PurgeProps soft-deletes the properties that the values do not name.
	PurgeProps bool

	// KeepOfGlance leaves properties in which the image API keeps its own state out of
	// that.
	KeepOfGlance bool

	// Check can refuse the change of an image as it is under the lock; nil: it does not.
	Check func(*records.Image) error

	// FromState is the status that the image must have; empty: any. Of
	// concurrent updates with the same FromState one wins.
	FromState string

	// BadFromState is an error of FromState, which counts once the image has been
	// found and may be changed.
	BadFromState error
}

// SetFromState reads FromState from JSON; null and everything empty are no
// condition. What it returns is an error before anything else.
func (o *UpdateOptions) SetFromState(v any) error {
	if !pyjson.Truthy(v) {
		return nil
	}
	if text, ok := v.(string); ok {
		if err := coerce.CheckFourByteText("from_state", text); err != nil {
			return err
		}
	}
	coerced, err := coerce.Value(records.Column{Name: "from_state", Kind: records.Text}, v)
	switch t := coerced.(type) {
	case string:
		o.FromState = t
	case records.FloatText:
		o.FromState = string(t)
	case records.ListItem:
		o.FromState = string(t)
	default:
		o.BadFromState = coerce.BadValue("from_state", "must be a text")
	}
	if err != nil {
		o.BadFromState = err
	}
	return nil
}

// UpdateImage changes the columns, properties and locations that are among the
// values and reads the image back (registry-v2-rpc.md, 5.6).
func (s *Service) UpdateImage(ctx context.Context, c *access.Caller, id string, values *pyjson.Object, o UpdateOptions) (*records.Image, error) {
	if err := s.CheckWritable(c); err != nil {
		return nil, err
	}
	v, err := takeApart(values)
	if err != nil {
		return nil, err
	}
	if err := s.checkLocationsAllowed(c, v.locations); err != nil {
		return nil, err
	}
	if _, given := v.columns.Get("owner"); given {
		if err := s.checkOwner(c, v); err != nil {
			return nil, err
		}
	}
	now := records.Now(s.Now)
	err = s.Store.InTx(ctx, func(tx records.Tx) error {
		image, err := lockedImage(ctx, tx, c, id)
		if err != nil {
			return err
		}
		id = image.ID
		if o.Check != nil {
			if err := o.Check(image); err != nil {
				return err
			}
		}
		row, err := v.updateRow()
		if err == nil {
			err = o.BadFromState
		}
		if err != nil {
			return v.behindState(ctx, tx, image, o, err)
		}
		if s.Release < compat.Ocata && v.fromPublic {
			row = keepVisibility(row, image)
		}
		if err := s.checkChange(c, image, row, v.properties); err != nil {
			return err
		}
		row.Set("updated_at", now)
		if err := updateRow(ctx, tx, image, row, o.FromState); err != nil {
			return err
		}
		if id, given := v.columns.Get("id"); given && id != image.ID {
			return records.ErrImageNotFound(image.ID)
		}
		if err := checkStillVisible(c, image, row); err != nil {
			return err
		}
		if v.childErr != nil {
			return v.childErr
		}
		w := childWriter{ctx: ctx, tx: tx, imageID: image.ID, now: now, keepOfGlance: o.KeepOfGlance || s.Plain(c)}
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

// updateRow drops what an update may not set and checks the rest. The id, which
// can't change, is not among the columns.
func (v *imageValues) updateRow() (records.Values, error) {
	if v.visibilityErr != nil {
		return nil, v.visibilityErr
	}
	for _, name := range []string{"created_at", "updated_at", "deleted_at", "deleted"} {
		v.columns.Delete(name)
	}
	if err := v.checkStatus(false); err != nil {
		return nil, err
	}
	if err := v.checkRange(); err != nil {
		return nil, err
	}
	columns := v.columns
	v.columns = coerce.Without(columns, "id")
	defer func() { v.columns = columns }()
	return v.row(false)
}

// behindState is the error of a value that the database would have refused: an
// image in another state was never looked at that far.
func (v *imageValues) behindState(ctx context.Context, tx records.Tx, image *records.Image, o UpdateOptions, err error) error {
	if !records.IsKind(err, records.BadValue) || o.FromState == "" {
		return err
	}
	where := records.Values{{Column: "id", Value: image.ID}, {Column: "status", Value: o.FromState}}
	matched, lookErr := tx.Update(ctx, records.Images, where, records.Values{{Column: "protected", Value: image.Protected}})
	switch {
	case lookErr != nil:
		return lookErr
	case matched == 0:
		next, _ := v.columns.Get("status")
		return errTransition(image, next, o.FromState)
	}
	return err
}

func errTransition(image *records.Image, next any, from string) error {
	return records.Errorf(records.Conflict, "cannot transition from %s to %s in update (wanted from_state=%s)", image.Status, coerce.TextOf(next), from)
}

// keepVisibility takes the visibility out of a row that makes the image neither
// more nor less public. Clients before Ocata send all attributes with every
// update; a private image would become a shared one by its renaming.
func keepVisibility(row records.Values, image *records.Image) records.Values {
	visibility, _ := row.Get("visibility")
	if (visibility == records.Public) != (image.Visibility == records.Public) {
		return row
	}
	return slices.DeleteFunc(row, func(a records.Assignment) bool { return a.Column == "visibility" })
}

func updateRow(ctx context.Context, tx records.Tx, image *records.Image, row records.Values, fromState string) error {
	where := records.Values{{Column: "id", Value: image.ID}}
	if fromState != "" {
		where.Set("status", fromState)
	}
	matched, err := tx.Update(ctx, records.Images, where, row)
	if err != nil {
		return err
	}
	if matched == 0 {
		next, _ := row.Get("status")
		return errTransition(image, next, fromState)
	}
	return nil
}

// checkStillVisible refuses an update that takes the image out of the caller's
// own sight.
func checkStillVisible(c *access.Caller, image *records.Image, row records.Values) error {
	after := *image
	if owner, ok := row.Get("owner"); ok {
		text, isText := owner.(string)
		after.Owner = records.Null[string]{V: text, Valid: isText}
	}
	if visibility, ok := row.Get("visibility"); ok {
		after.Visibility = visibility.(string)
	}
	return checkVisible(c, &after, true)
}

package registry

import (
	"context"

	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/internal/coerce"
	"github.com/glancegate/glancegate/registry/records"
)

// AddLocation adds a location row (registry-v2-rpc.md, 7.4).
func (s *Service) AddLocation(ctx context.Context, c *access.Caller, imageID string, o *pyjson.Object) error {
	return s.changeLocation(ctx, c, imageID, o, func(w *childWriter, l location, parseErr error) error {
		if parseErr != nil {
			return parseErr
		}
		l.rowID = coerce.RowID{}
		return w.addLocations(nil, []location{l})
	})
}

// UpdateLocation changes a location row, live or deleted, of the image.
func (s *Service) UpdateLocation(ctx context.Context, c *access.Caller, imageID string, o *pyjson.Object) error {
	return s.changeLocation(ctx, c, imageID, o, func(w *childWriter, l location, parseErr error) error {
		if !l.rowID.Given {
			return coerce.BadValue("id", "must be the id of a location of this image")
		}
		rows, err := w.locationRows(l.rowID)
		if err != nil {
			return err
		}
		present := make([]records.Location, len(rows))
		for n, r := range rows {
			present[n].RowID = r.Int("id")
		}
		if len(rows) > 0 && parseErr != nil {
			return parseErr
		}
		return w.addLocations(present, []location{l})
	})
}

func (s *Service) changeLocation(ctx context.Context, c *access.Caller, imageID string, o *pyjson.Object, f func(*childWriter, location, error) error) error {
	if err := coerce.CheckFourByte(o); err != nil {
		return err
	}
	l, parseErr := parseLocation(o)
	if err := s.checkLocationsAllowed(c, []location{l}); err != nil {
		return err
	}
	return s.changeChildren(ctx, c, imageID, func(w *childWriter) error { return f(w, l, parseErr) })
}

func (w *childWriter) locationRows(id coerce.RowID) ([]records.Row, error) {
	return w.tx.Rows(w.ctx, records.RowQuery{Table: records.ImageLocations, Where: []records.Condition{records.Is("id", id.ID), records.Is("image_id", w.imageID)}})
}

// DeleteLocation marks a location as deleted or pending_delete, or does it
// again. A null time is now.
func (s *Service) DeleteLocation(ctx context.Context, c *access.Caller, imageID string, locationID, status, at any) error {
	if status != records.StatusDeleted && status != records.StatusPendingDelete {
		return records.Errorf(records.Invalid, "The status of deleted image location can only be set to 'pending_delete' or 'deleted'")
	}
	if s.Plain(c) {
		return errLocations()
	}
	id := coerce.RowIDOf(locationID)
	return s.changeChildren(ctx, c, imageID, func(w *childWriter) error {
		when := any(w.now)
		var err error
		if pyjson.Truthy(at) {
			if when, err = coerce.Time("delete_time", at); err != nil {
				return err
			}
		}
		rows, err := w.locationRows(id)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return locationNotFound(id, imageID)
		}
		_, err = w.tx.Update(ctx, records.ImageLocations, records.Values{{Column: "id", Value: id.ID}, {Column: "image_id", Value: imageID}}, records.Values{
			{Column: "deleted", Value: true}, {Column: "status", Value: status},
			{Column: "deleted_at", Value: when}, {Column: "updated_at", Value: when},
		})
		return err
	})
}

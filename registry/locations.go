package registry

import (
	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/internal/coerce"
	"github.com/glancegate/glancegate/registry/records"
)

// location is an entry of the key locations of a request.
type location struct {
	rowID    coerce.RowID
	url      any
	metadata any
	status   any
}

// takeLocations splits the locations off the values of an image. The checks
// and their order are those of the old service.
func (v *imageValues) takeLocations() error {
	raw, ok := v.columns.Get("locations")
	if !ok {
		return nil
	}
	v.columns.Delete("locations")
	list, ok := raw.([]any)
	if !ok && pyjson.Truthy(raw) {
		return coerce.BadValue("locations", "must be a list")
	}
	for _, item := range list {
		o, ok := item.(*pyjson.Object)
		if !ok {
			return coerce.BadValue("locations", "must be a list of objects with url, metadata and status")
		}
		if err := coerce.CheckFourByte(o); err != nil {
			return err
		}
		l, err := parseLocation(o)
		if err != nil {
			return err
		}
		v.locations = append(v.locations, l)
	}
	return nil
}

func parseLocation(o *pyjson.Object) (location, error) {
	var l location
	id, _ := o.Get("id")
	l.rowID = coerce.RowIDOf(id)
	for _, part := range []struct {
		key string
		to  *any
	}{{"status", &l.status}, {"url", &l.url}, {"metadata", &l.metadata}} {
		value, ok := o.Get(part.key)
		if !ok {
			return l, coerce.BadValue(part.key, "is missing in a location")
		}
		*part.to = value
	}
	var err error
	if l.url, err = coerce.Value(records.Column{Name: "location url"}, l.url); err != nil {
		return l, err
	}
	if l.status, err = coerce.Value(records.Column{Name: "location status", Width: 30, Nullable: true}, l.status); err != nil {
		return l, err
	}
	return l, nil
}

// checkLocationsAllowed refuses location URLs of plain users where the gateway
// is hardened: a location is a read of that URL by glance-api.
func (s *Service) checkLocationsAllowed(c *access.Caller, locations []location) error {
	if !s.Plain(c) || len(locations) == 0 {
		return nil
	}
	return errLocations()
}

func errLocations() error {
	return records.Errorf(records.LocationsRefused, "location URLs are taken from admins, services and named peers only (harden)")
}

// replaceLocations makes a list that is not empty the live locations of an
// image: live rows that it does not name are retired first.
func (w *childWriter) replaceLocations(present []records.Location, list []location) error {
	if len(list) == 0 {
		return nil
	}
	for _, old := range present {
		if old.Deleted || namesRow(list, old.RowID) {
			continue
		}
		if err := w.update(records.ImageLocations, old.RowID, records.Values{
			{Column: "deleted", Value: true},
			{Column: "deleted_at", Value: w.now},
			{Column: "status", Value: records.StatusDeleted},
		}); err != nil {
			return err
		}
	}
	return w.addLocations(present, list)
}

func namesRow(list []location, rowID int64) bool {
	for _, l := range list {
		if l.rowID.Given && l.rowID.ID == rowID {
			return true
		}
	}
	return false
}

// addLocations inserts the entries without an id and updates the others, in
// their order.
func (w *childWriter) addLocations(present []records.Location, list []location) error {
	for _, l := range list {
		row := l.row(w)
		if !l.rowID.Given {
			if err := w.insert(records.ImageLocations, row); err != nil {
				return err
			}
			continue
		}
		if !hasLocation(present, l.rowID.ID) {
			return locationNotFound(l.rowID, w.imageID)
		}
		if err := w.update(records.ImageLocations, l.rowID.ID, row); err != nil {
			return err
		}
	}
	return nil
}

func locationNotFound(id coerce.RowID, imageID string) error {
	return records.Errorf(records.NotFound, "No location found with ID %s from image %s", id.Text, imageID)
}

func hasLocation(present []records.Location, rowID int64) bool {
	for _, l := range present {
		if l.RowID == rowID {
			return true
		}
	}
	return false
}

// row is the location as columns. Only a new row replaces null metadata and
// status by their defaults; the status decides whether the row is deleted.
func (l *location) row(w *childWriter) records.Values {
	status, metadata := l.status, any(nil)
	if l.metadata != nil {
		metadata = coerce.StoredJSON(l.metadata)
	}
	if !l.rowID.Given {
		if status == nil {
			status = records.StatusActive
		}
		if metadata == nil {
			metadata = "{}"
		}
	}
	row := records.Values{
		{Column: "value", Value: l.url},
		{Column: "meta_data", Value: metadata},
		{Column: "status", Value: status},
		{Column: "deleted", Value: false},
		{Column: "deleted_at", Value: nil},
	}
	if status == records.StatusDeleted || status == records.StatusPendingDelete {
		row.Set("deleted", true)
		row.Set("deleted_at", w.now)
	}
	return row
}

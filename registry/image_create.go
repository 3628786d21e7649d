package registry

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/internal/coerce"
	"github.com/glancegate/glancegate/registry/records"
)

// CreateImage makes an image from the keys of a request and reads it back as
// the caller sees it (registry-v2-rpc.md, 5.5). The row stays even where the
// caller may not read it; the error is that of Image then.
func (s *Service) CreateImage(ctx context.Context, c *access.Caller, values *pyjson.Object) (*records.Image, error) {
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
	if err := s.checkOwner(c, v); err != nil {
		return nil, err
	}
	if err := s.checkNew(c, v); err != nil {
		return nil, err
	}
	row, err := v.createRow()
	if err != nil {
		return nil, err
	}
	now := records.Now(s.Now)
	row.Default("id", uuid.NewString())
	row.Default("created_at", now)
	row.Default("updated_at", now)
	for column, value := range createDefaults {
		row.Default(column, value)
	}
	id, _ := row.Get("id")
	err = s.Store.InTx(ctx, func(tx records.Tx) error {
		if _, err := tx.Insert(ctx, records.Images, row); err != nil {
			return duplicateImage(err, id.(string))
		}
		if v.childErr != nil {
			return v.childErr
		}
		w := childWriter{ctx: ctx, tx: tx, imageID: id.(string), now: now}
		if err := w.setProperties(nil, v.properties, false); err != nil {
			return err
		}
		return w.addLocations(nil, v.locations)
	})
	if err != nil {
		return nil, err
	}
	return s.Image(ctx, c, id.(string), false)
}

// createDefaults are the values that the application, not the database, gives
// to a new image (database-schema.md, 6).
var createDefaults = map[string]any{
	"visibility": records.Shared, "min_disk": int64(0), "min_ram": int64(0),
	"protected": false, "os_hidden": false, "deleted": false,
}

// createRow applies the conversions that only a create does.
func (v *imageValues) createRow() (records.Values, error) {
	if size, ok := v.columns.Get("size"); ok && size != nil {
		n, err := coerce.PythonInt("size", size)
		if err != nil {
			return nil, err
		}
		v.columns.Set("size", n)
	}
	for _, name := range []string{"min_ram", "min_disk"} {
		value, ok := v.columns.Get(name)
		if !ok {
			continue
		}
		n := json.Number("0")
		if pyjson.Truthy(value) {
			var err error
			if n, err = coerce.PythonInt(name, value); err != nil {
				return nil, err
			}
		}
		v.columns.Set(name, n)
	}
	if v.visibilityErr != nil {
		return nil, v.visibilityErr
	}
	if protected, ok := v.columns.Get("protected"); ok {
		v.columns.Set("protected", pyjson.Truthy(protected))
	}
	if err := v.checkStatus(true); err != nil {
		return nil, err
	}
	if err := v.checkRange(); err != nil {
		return nil, err
	}
	for _, name := range []string{"tags", "members"} {
		if value, ok := v.columns.Get(name); ok {
			if list, isList := value.([]any); !isList || len(list) > 0 {
				return nil, coerce.BadValue(name, "can't be set when an image is created")
			}
		}
	}
	row, err := v.row(true)
	if err != nil {
		return nil, err
	}
	if id, ok := row.Get("id"); ok && id != nil {
		if _, isText := id.(string); !isText {
			return nil, coerce.BadValue("id", "must be a text")
		}
	}
	return row, nil
}

// duplicateImage says which id is taken.
func duplicateImage(err error, id string) error {
	if e, ok := err.(*records.Error); ok && e.Kind == records.Duplicate {
		return &records.Error{Kind: records.Duplicate, Message: "Image ID " + id + " already exists!", ID: id, Err: e.Err}
	}
	return err
}

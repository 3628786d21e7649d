package registry

import (
	"context"
	"strings"

	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/internal/coerce"
	"github.com/glancegate/glancegate/registry/records"
)

// CreateProperty adds a property row. A row of that name, live or deleted, is
// an error (registry-v2-rpc.md, 7.1).
func (s *Service) CreateProperty(ctx context.Context, c *access.Caller, values *pyjson.Object) (records.Row, error) {
	row, imageID, err := childRow(records.ImageProperties, values)
	if err != nil {
		return nil, err
	}
	if name, _ := row.Get("name"); s.Plain(c) && ReservedProperty(coerce.TextOf(name)) {
		return nil, refuse("property %s is reserved", coerce.TextOf(name))
	}
	created := records.Row{"deleted": false}
	err = s.changeChildren(ctx, c, imageID, func(w *childWriter) error {
		id, err := w.insertRow(records.ImageProperties, row)
		created["id"], created["created_at"], created["updated_at"] = id, w.now, w.now
		return err
	})
	return created, err
}

// childRow makes the columns of a child of an image from a request. The image
// id is not among them; stamps and a row id are ignored.
func childRow(table records.Table, values *pyjson.Object) (records.Values, string, error) {
	var row records.Values
	for _, c := range records.Columns(table) {
		if ignoredInChildren[c.Name] {
			continue
		}
		raw, ok := values.Get(c.Name)
		if !ok {
			continue
		}
		value, err := coerce.Value(c, raw)
		if err != nil {
			return nil, "", err
		}
		row.Set(c.Name, value)
	}
	raw, _ := values.Get("image_id")
	imageID, ok := raw.(string)
	if !ok {
		return nil, "", coerce.BadValue("image_id", "must be the id of an image")
	}
	return row, imageID, nil
}

var ignoredInChildren = map[string]bool{
	"id": true, "image_id": true, "created_at": true, "updated_at": true, "deleted_at": true, "deleted": true,
}

// DeleteProperty soft-deletes a property, or does it again, and returns its row.
func (s *Service) DeleteProperty(ctx context.Context, c *access.Caller, imageID, name string) (records.Row, error) {
	if s.Plain(c) && strings.HasPrefix(strings.ToLower(name), records.GlanceProperties) {
		return nil, refuse("property %s is reserved", name)
	}
	var deleted records.Row
	err := s.changeChildren(ctx, c, imageID, func(w *childWriter) error {
		rows, err := w.tx.Rows(ctx, records.RowQuery{Table: records.ImageProperties, Where: []records.Condition{records.Is("image_id", imageID), records.Is("name", name)}})
		if err != nil {
			return err
		}
		if len(rows) != 1 {
			return coerce.BadValue("prop_ref", "is no property of the image: No row was found for one()")
		}
		deleted, err = w.deleteRow(records.ImageProperties, rows[0])
		return err
	})
	return deleted, err
}

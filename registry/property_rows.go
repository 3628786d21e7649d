package registry

import (
	"context"
	"slices"
	"strings"

	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/internal/coerce"
	"github.com/glancegate/glancegate/registry/pyjson"
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

// insertRow adds a child and returns its row id. It is live unless the row says
// otherwise.
func (w *childWriter) insertRow(table records.Table, row records.Values) (int64, error) {
	if w.orphans {
		return 0, errNoParent(w.imageID)
	}
	row = append(slices.Clone(row), records.Values{
		{Column: "image_id", Value: w.imageID},
		{Column: "created_at", Value: w.now},
		{Column: "updated_at", Value: w.now},
	}...)
	row.Default("deleted", false)
	id, err := w.tx.Insert(w.ctx, table, row)
	if e, ok := err.(*records.Error); ok && e.Kind == records.Duplicate {
		// MySQL takes no notice of case in unique keys.
		return 0, &records.Error{Kind: records.BadValue, Message: "a value in " + string(table) + " is taken, perhaps in another case", Err: e.Err}
	}
	return id, err
}

// errNoParent is the error for a child of an image that does not exist.
func errNoParent(imageID string) error {
	return coerce.BadValue("image_id", "is no image: "+imageID)
}

// deleteRow soft-deletes a row and returns it as it is then.
func (w *childWriter) deleteRow(table records.Table, row records.Row) (records.Row, error) {
	set := records.Values{{Column: "deleted", Value: true}, {Column: "deleted_at", Value: w.now}}
	if err := w.update(table, row.Int("id"), set); err != nil {
		return nil, err
	}
	row["deleted"], row["deleted_at"], row["updated_at"] = true, w.now, w.now
	return row, nil
}

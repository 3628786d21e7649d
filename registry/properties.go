package registry

import (
	"context"
	"strings"
	"time"

	"github.com/glancegate/glancegate/registry/pyjson"
)

// childWriter writes the children of one image inside a transaction.
type childWriter struct {
	ctx     context.Context
	tx      Tx
	imageID string
	now     time.Time
	orphans bool // there is no such image
	plain   bool // see Service.plain
}

func (w *childWriter) insert(table Table, row Values) error {
	_, err := w.insertRow(table, row)
	return err
}

func (w *childWriter) update(table Table, rowID int64, set Values) error {
	set.Set("updated_at", w.now)
	_, err := w.tx.Update(w.ctx, table, Values{{Column: "id", Value: rowID}, {Column: "image_id", Value: w.imageID}}, set)
	return err
}

// setProperties writes the named properties over the present ones. A deleted
// row of the same name is revived and keeps its deleted_at, since (image_id,
// name) is unique over deleted rows, too. purge soft-deletes all others again,
// whether live or not.
func (w *childWriter) setProperties(present []Property, properties *pyjson.Object, purge bool) error {
	byName := make(map[string]Property, len(present))
	for _, p := range present {
		byName[p.Name] = p
	}
	for _, name := range properties.Keys() {
		raw, _ := properties.Get(name)
		value, err := coerceProperty(name, raw)
		if err != nil {
			return err
		}
		if err := w.setProperty(byName, name, value); err != nil {
			return err
		}
	}
	if !purge {
		return nil
	}
	for _, p := range present {
		if _, keep := properties.Get(p.Name); keep || w.plain && strings.HasPrefix(p.Name, glanceProperties) {
			continue
		}
		if err := w.update(ImageProperties, p.RowID, Values{
			{Column: "deleted", Value: true}, {Column: "deleted_at", Value: w.now},
		}); err != nil {
			return err
		}
	}
	return nil
}

func (w *childWriter) setProperty(present map[string]Property, name string, value any) error {
	old, ok := present[name]
	if !ok {
		return w.insert(ImageProperties, Values{{Column: "name", Value: name}, {Column: "value", Value: value}})
	}
	if !old.Deleted && sameText(old.Value, value) {
		return nil
	}
	return w.update(ImageProperties, old.RowID, Values{
		{Column: "value", Value: value}, {Column: "deleted", Value: false},
	})
}

// sameText tells whether a stored text is the new value already; the old
// service did not touch such rows.
func sameText(old Null[string], value any) bool {
	if value == nil {
		return !old.Valid
	}
	text, ok := value.(string)
	return ok && old.Valid && old.V == text
}

func coerceProperty(name string, raw any) (any, error) {
	if _, err := coerce(Column{Name: "property name", Width: 255}, name); err != nil {
		return nil, err
	}
	return coerce(Column{Name: "property " + name, Nullable: true}, raw)
}

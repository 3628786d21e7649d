package registry

import (
	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry/internal/coerce"
	"github.com/glancegate/glancegate/registry/records"
)

// setProperties writes the named properties over the present ones. A deleted
// row of the same name is revived and keeps its deleted_at, since (image_id,
// name) is unique over deleted rows, too. purge soft-deletes all others again,
// whether live or not.
func (w *childWriter) setProperties(present []records.Property, properties *pyjson.Object, purge bool) error {
	byName := make(map[string]records.Property, len(present))
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
		if _, keep := properties.Get(p.Name); keep || w.keepOfGlance && p.OfGlance() {
			continue
		}
		if err := w.update(records.ImageProperties, p.RowID, records.Values{
			{Column: "deleted", Value: true}, {Column: "deleted_at", Value: w.now},
		}); err != nil {
			return err
		}
	}
	return nil
}

func (w *childWriter) setProperty(present map[string]records.Property, name string, value any) error {
	old, ok := present[name]
	if !ok {
		return w.insert(records.ImageProperties, records.Values{{Column: "name", Value: name}, {Column: "value", Value: value}})
	}
	if !old.Deleted && sameText(old.Value, value) {
		return nil
	}
	return w.update(records.ImageProperties, old.RowID, records.Values{
		{Column: "value", Value: value}, {Column: "deleted", Value: false},
	})
}

// sameText reports whether a stored text is the new value already; the old
// service did not touch such rows.
func sameText(old records.Null[string], value any) bool {
	if value == nil {
		return !old.Valid
	}
	text, ok := value.(string)
	return ok && old.Valid && old.V == text
}

func coerceProperty(name string, raw any) (any, error) {
	if _, err := coerce.Value(records.Column{Name: "property name", Width: 255}, name); err != nil {
		return nil, err
	}
	return coerce.Value(records.Column{Name: "property " + name, Nullable: true}, raw)
}

package rpc

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/internal/coerce"
	"github.com/glancegate/glancegate/registry/records"
)

// filters reads the argument filters of image_get_all (registry-v2-rpc.md, 6.4).
type filters struct {
	request registry.ListRequest

	// late is the first value that the database would have refused, which the
	// original found behind the marker and the order.
	late error
}

// filterReaders are the keys with a meaning of their own. Other columns are
// compared, and what is no column is a property.
var filterReaders = map[string]func(*filters, string, any) error{
	"visibility":       (*filters).visibility,
	"deleted":          (*filters).deleted,
	"changes-since":    (*filters).changesSince,
	"properties":       (*filters).properties,
	"tags":             (*filters).tags,
	"os_hidden":        (*filters).equal,
	"checksum":         (*filters).equal,
	"os_hash_value":    (*filters).equal,
	"created_at":       (*filters).time,
	"updated_at":       (*filters).time,
	"name":             (*filters).operator,
	"id":               (*filters).operator,
	"status":           (*filters).operator,
	"container_format": (*filters).operator,
	"disk_format":      (*filters).operator,
}

func (f *filters) read(v any) error {
	if !truthy(v) {
		return nil
	}
	o, ok := v.(*pyjson.Object)
	if !ok {
		return attributeError("'" + pythonType(v) + "' object has no attribute 'pop'")
	}
	for _, key := range o.Keys() {
		value, _ := o.Get(key)
		read := filterReaders[key]
		if read == nil {
			read = (*filters).other
		}
		err := read(f, key, value)
		var bad *records.Error
		switch {
		case errors.As(err, &bad) && bad.Kind == records.BadValue:
			if f.late == nil {
				f.late = err
			}
		case err != nil:
			return err
		}
	}
	return nil
}

func (f *filters) where(c records.Condition) { f.request.Where = append(f.request.Where, c) }

func (f *filters) visibility(_ string, v any) error {
	switch v := v.(type) {
	case nil:
	case string:
		if v == "all" {
			f.request.AllVisibilities = true
		} else {
			f.request.Visibility = records.NullOf(v)
		}
	default:
		return typeError("visibility must be a text")
	}
	return nil
}

// deleted images are listed unless this says false, which also hides what is
// killed.
func (f *filters) deleted(key string, v any) error {
	if v == nil {
		f.where(records.Is(key, nil))
		return nil
	}
	if !truthy(v) {
		f.request.Live = true
		return nil
	}
	f.request.ShowDeleted = true
	return f.equal(key, v)
}

func (f *filters) changesSince(_ string, v any) error {
	t, ok := v.(time.Time)
	if !ok {
		return attributeError("'" + pythonType(v) + "' object has no attribute 'utcoffset'")
	}
	f.request.ShowDeleted = true
	f.where(records.Condition{Column: "updated_at", Op: records.Greater, Values: []any{t}})
	return nil
}

func (f *filters) properties(_ string, v any) error {
	o, ok := v.(*pyjson.Object)
	if !ok {
		return attributeError("'" + pythonType(v) + "' object has no attribute 'items'")
	}
	for _, name := range o.Keys() {
		value, _ := o.Get(name)
		if err := f.property(name, value); err != nil {
			return err
		}
	}
	return nil
}

func (f *filters) property(name string, v any) error {
	value, err := coerce.ForComparison(records.ImageProperties, "value", v)
	if err != nil {
		return err
	}
	f.request.Properties = append(f.request.Properties, records.PropertyMatch{Name: name, Value: value})
	return nil
}

func (f *filters) tags(key string, v any) error {
	tags, err := textList(key, v)
	f.request.Tags = append(f.request.Tags, tags...)
	return err
}

func (f *filters) equal(key string, v any) error {
	if v == nil {
		f.where(records.Is(key, nil))
		return nil
	}
	if column, _ := records.ColumnOf(records.Images, key); column.Kind == records.Bool {
		if text, ok := v.(string); ok {
			f.where(records.Is(key, text)) // what it means is the database's business
			return nil
		}
	}
	c, err := coerce.Equals(records.Images, key, v)
	if err != nil {
		return err
	}
	f.where(c)
	return nil
}

func (f *filters) time(key string, v any) error {
	return f.parse(key, v, coerce.TimeFilter)
}

func (f *filters) operator(key string, v any) error {
	return f.parse(key, v, coerce.TextFilter)
}

func (f *filters) parse(key string, v any, parse func(column, text string) (records.Condition, error)) error {
	if v == nil {
		return nil
	}
	text, ok := v.(string)
	if !ok {
		return attributeError("'" + pythonType(v) + "' object has no attribute 'partition'")
	}
	c, err := parse(key, text)
	if err != nil {
		return err
	}
	f.where(c)
	return nil
}

// other is a range, a column, or a property by its name.
func (f *filters) other(key string, v any) error {
	if v == nil {
		return nil
	}
	if column, ok := strings.CutSuffix(key, "_min"); ok {
		return f.bound(column, records.GreaterOrEqual, v)
	}
	if column, ok := strings.CutSuffix(key, "_max"); ok {
		return f.bound(column, records.LessOrEqual, v)
	}
	if _, ok := records.ColumnOf(records.Images, key); ok {
		return f.equal(key, v)
	}
	if key == "locations" || key == "members" {
		return records.Errorf(records.BadValue, "images can't be filtered by %s", key)
	}
	return f.property(key, v)
}

func (f *filters) bound(column string, op records.Op, v any) error {
	known, ok := records.ColumnOf(records.Images, column)
	if !ok {
		return attributeError("type object 'Image' has no attribute '" + column + "'")
	}
	if number, isNumber := v.(json.Number); isNumber && !pyjson.IsInt(number) {
		v = json.Number(strings.SplitN(string(number), ".", 2)[0])
	}
	n, err := coerce.ParseInteger(column, v)
	if err != nil {
		return records.Errorf(records.InvalidFilterRangeValue, "Unable to filter on a range with a non-numeric value.")
	}
	switch known.Kind {
	case records.Int32, records.Int64:
	case records.Visibility:
		f.visibilities(op, n)
		return nil
	default:
		return typeError(column + " is no number")
	}
	f.where(records.Condition{Column: column, Op: op, Values: []any{n}})
	return nil
}

// visibilities compares the place of a visibility in MySQL's ENUM, from 1.
func (f *filters) visibilities(op records.Op, place int64) {
	var matching []any
	for n, name := range []string{records.Private, records.Public, records.Shared, records.Community} {
		if at := int64(n + 1); op == records.GreaterOrEqual && at >= place || op == records.LessOrEqual && at <= place {
			matching = append(matching, name)
		}
	}
	f.where(records.Condition{Column: "visibility", Op: records.In, Values: matching})
}

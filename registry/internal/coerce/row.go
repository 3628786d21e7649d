package coerce

import (
	"math"
	"strconv"
	"time"

	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry/records"
)

// Without copies an object without some of its keys.
func Without(values *pyjson.Object, keys ...string) *pyjson.Object {
	kept := values.Clone()
	for _, key := range keys {
		kept.Delete(key)
	}
	return kept
}

// Columns makes columns of a table from the keys of a request; keys that are
// no columns are ignored.
func Columns(table records.Table, values *pyjson.Object) (records.Values, error) {
	var row records.Values
	for _, c := range records.Columns(table) {
		raw, ok := values.Get(c.Name)
		if !ok {
			continue
		}
		if records.IsJSON(c.Name) && raw != nil {
			row.Set(c.Name, StoredJSON(raw))
			continue
		}
		value, err := Value(c, raw)
		if err != nil {
			return nil, err
		}
		row.Set(c.Name, value)
	}
	return row, nil
}

// NewRow is columnsOf for a row that is created: a null means the default, and
// every column that takes no null needs a value.
func NewRow(table records.Table, values *pyjson.Object, defaults records.Values) (records.Values, error) {
	given := values.Clone()
	for _, key := range values.Keys() {
		if v, _ := values.Get(key); v == nil {
			given.Delete(key)
		}
	}
	row, err := Columns(table, given)
	if err != nil {
		return nil, err
	}
	for _, d := range defaults {
		row.Default(d.Column, d.Value)
	}
	for _, c := range records.Columns(table) {
		made := c.Name == "id" && c.Kind == records.Int32 // by the database
		if _, ok := row.Get(c.Name); !ok && !c.Nullable && !made {
			return nil, BadValue(c.Name, "must not be null")
		}
	}
	return row, nil
}

// Remember puts what was written into a row of an answer. The old service answered from its
// memory: with the values that it got, not with those that the database made of
// them.
func Remember(r records.Row, written records.Values, values *pyjson.Object) {
	for _, a := range written {
		r[a.Column] = a.Value
		if raw, ok := values.Get(a.Column); ok && raw != nil && !records.IsJSON(a.Column) {
			r[a.Column] = raw
		}
	}
}

// TextOf is a value in the text of an error, as Python prints it.
func TextOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case string:
		return v
	case bool:
		if v {
			return "True"
		}
		return "False"
	case int64:
		return strconv.FormatInt(v, 10)
	case records.FloatText:
		return string(v)
	case records.ListItem:
		return "['" + string(v) + "']"
	}
	return string(pyjson.Append(nil, v))
}

// RowID is the id of a row as a client names it: what is no integer is no id.
type RowID struct {
	Given bool
	ID    int64 // -1 where no row can have it
	Text  string
}

func RowIDOf(v any) RowID {
	if v == nil {
		return RowID{Text: TextOf(v)}
	}
	id, ok := records.WholeNumber(v)
	if !ok || id < 0 || id > math.MaxInt32 {
		id = -1
	}
	return RowID{Given: true, ID: id, Text: TextOf(v)}
}

// StoredJSON is a JSON value as it stands in a column.
func StoredJSON(v any) string { return string(pyjson.Append(nil, timesAsText(v))) }

// timesAsText replaces the times in a value, at any depth, by texts: JSON has no
// times.
func timesAsText(v any) any {
	switch v := v.(type) {
	case time.Time:
		return v.Format(TimeLayout)
	case []any:
		list := make([]any, len(v))
		for n, item := range v {
			list[n] = timesAsText(item)
		}
		return list
	case *pyjson.Object:
		o := pyjson.NewObject()
		for _, key := range v.Keys() {
			item, _ := v.Get(key)
			o.Set(key, timesAsText(item))
		}
		return o
	}
	return v
}

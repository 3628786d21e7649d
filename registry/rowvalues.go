package registry

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/glancegate/glancegate/registry/pyjson"
)

// rowReader reads rows: a Store, or a Tx.
type rowReader interface {
	Rows(ctx context.Context, q RowQuery) ([]Row, error)
}

// without copies an object without some of its keys.
func without(values *pyjson.Object, keys ...string) *pyjson.Object {
	kept := values.Clone()
	for _, key := range keys {
		kept.Delete(key)
	}
	return kept
}

// columnsOf makes columns of a table from the keys of a request; keys that are
// no columns are ignored.
func columnsOf(table Table, values *pyjson.Object) (Values, error) {
	var row Values
	for _, c := range Columns(table) {
		raw, ok := values.Get(c.Name)
		if !ok {
			continue
		}
		if IsJSON(c.Name) && raw != nil {
			row.Set(c.Name, storedJSON(raw))
			continue
		}
		value, err := coerce(c, raw)
		if err != nil {
			return nil, err
		}
		row.Set(c.Name, value)
	}
	return row, nil
}

// newRow is columnsOf for a row that is created: a null means the default, and
// every column that takes no null needs a value.
func newRow(table Table, values *pyjson.Object, defaults Values) (Values, error) {
	given := values.Clone()
	for _, key := range values.Keys() {
		if v, _ := values.Get(key); v == nil {
			given.Delete(key)
		}
	}
	row, err := columnsOf(table, given)
	if err != nil {
		return nil, err
	}
	for _, d := range defaults {
		row.Default(d.Column, d.Value)
	}
	for _, c := range Columns(table) {
		made := c.Name == "id" && c.Kind == Int32 // by the database
		if _, ok := row.Get(c.Name); !ok && !c.Nullable && !made {
			return nil, badValue(c.Name, "must not be null")
		}
	}
	return row, nil
}

// remember puts what was written into a row. The old service answered from its
// memory: with the values that it got, not with those that the database made of
// them.
func (r Row) remember(written Values, values *pyjson.Object) {
	for _, a := range written {
		r[a.Column] = a.Value
		if raw, ok := values.Get(a.Column); ok && raw != nil && !IsJSON(a.Column) {
			r[a.Column] = raw
		}
	}
}

// changes are the values that differ from those of a row.
func (r Row) changes(set Values) Values {
	return slices.DeleteFunc(slices.Clone(set), func(a Assignment) bool {
		if t, ok := a.Value.(time.Time); ok {
			old, isTime := r[a.Column].(time.Time)
			return isTime && t.Equal(old)
		}
		return a.Value == r[a.Column]
	})
}

// joined takes the columns of a joined table out of a row; it is nil where there
// was no row, which a column that takes no null tells.
func (r Row) joined(table Table, key string) Row {
	if r[Joined(table, key)] == nil {
		return nil
	}
	row := Row{}
	for _, c := range Columns(table) {
		if v, ok := r[Joined(table, c.Name)]; ok {
			row[c.Name] = v
		}
	}
	return row
}

// textOf is a value in the text of an error, as Python prints it.
func textOf(v any) string {
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
	case FloatText:
		return string(v)
	case ListItem:
		return "['" + string(v) + "']"
	}
	return string(pyjson.Append(nil, v))
}

package coerce

import "github.com/glancegate/glancegate/registry/records"

// Equals is the condition that a column of a table has a value. A column of
// integers has no value that is no integer.
func Equals(table records.Table, column string, v any) (records.Condition, error) {
	value, err := ForComparison(table, column, v)
	if err != nil {
		return records.Condition{}, err
	}
	if c, _ := records.ColumnOf(table, column); c.Kind == records.Int32 || c.Kind == records.Int64 {
		if _, whole := records.WholeNumber(v); !whole {
			return records.Condition{Column: column, Op: records.In}, nil
		}
	}
	return records.Is(column, value), nil
}

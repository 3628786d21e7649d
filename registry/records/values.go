package records

import (
	"database/sql"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
)

// Assignment gives a column a value: nil, string, int64, bool or time.Time. A
// text column also takes a bool, a FloatText or a ListItem, which the database turns into
// text in its own way: true is "1" on MySQL and "true" on PostgreSQL.
type Assignment struct {
	Column string
	Value  any
}

// FloatText is a number with a fraction or an exponent that stands where a text
// belongs, as Python writes it. MySQL writes it in its own way.
type FloatText string

// ListItem is the only item of a list that stands where a text belongs. What a
// database makes of it differs.
type ListItem string

// Values are the columns of one INSERT or UPDATE, in order.
type Values []Assignment

// Set adds a column or replaces its value.
func (v *Values) Set(column string, value any) {
	for i := range *v {
		if (*v)[i].Column == column {
			(*v)[i].Value = value
			return
		}
	}
	*v = append(*v, Assignment{Column: column, Value: value})
}

// Default adds a column unless it has a value that is not null.
func (v *Values) Default(column string, value any) {
	for _, a := range *v {
		if a.Column == column && a.Value != nil {
			return
		}
	}
	v.Set(column, value)
}

// Get returns the value of a column and whether it is among the values.
func (v Values) Get(column string) (any, bool) {
	for _, a := range v {
		if a.Column == column {
			return a.Value, true
		}
	}
	return nil, false
}

// Null is a value that may be SQL NULL (JSON null). An empty text and a
// missing one are different things everywhere in Glance.
type Null[T any] = sql.Null[T]

// NullOf returns v as a value that is not null.
func NullOf[T any](v T) Null[T] { return Null[T]{V: v, Valid: true} }

// Now is the time for a row: UTC, to the microsecond, as databases keep it. clock
// is nil where it is time.Now.
func Now(clock func() time.Time) time.Time {
	if clock == nil {
		clock = time.Now
	}
	return clock().UTC().Truncate(time.Microsecond)
}

// WholeNumber is the integer that a JSON value stands for where it is compared
// with a column of integers, such as the id of a row. A fraction and a text that
// is no number are none: they are equal to nothing, whereas a value that is
// stored is rounded. 2.0 is 2, and true is 1.
func WholeNumber(v any) (n int64, ok bool) {
	var text string
	switch t := v.(type) {
	case int64:
		return t, true
	case bool:
		if t {
			return 1, true
		}
		return 0, true
	case json.Number:
		text = string(t)
	case string:
		text = strings.TrimSpace(t)
	default:
		return 0, false
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) >= 1<<53 || strings.ContainsAny(text, "xXpP_iI") {
		return 0, false
	}
	return int64(f), true
}

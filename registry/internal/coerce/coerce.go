// Package coerce reads the values of requests as the columns of the database
// take them, and as the old service read them: its integers, times and filters.
package coerce

import (
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry/records"
)

// Value turns a JSON value into what a column takes, as MySQL in strict mode
// does on assignment; what it refuses made the old service fail. The result is
// of a type that Assignment lists.
func Value(c records.Column, v any) (any, error) {
	if v == nil {
		if !c.Nullable {
			return nil, BadValue(c.Name, "must not be null")
		}
		return nil, nil
	}
	switch c.Kind {
	case records.Int32:
		return coerceInt(c.Name, v, math.MinInt32, math.MaxInt32)
	case records.Int64:
		return coerceInt(c.Name, v, math.MinInt64, math.MaxInt64)
	case records.Bool:
		return coerceBool(c.Name, v)
	case records.Time:
		return Time(c.Name, v)
	case records.Visibility:
		return coerceVisibility(c.Name, v)
	}
	return coerceText(c, v)
}

// ForComparison is coerce for a column of a table that is compared with a value.
func ForComparison(table records.Table, column string, v any) (any, error) {
	c, _ := records.ColumnOf(table, column)
	c.Width = 0
	return Value(c, v)
}

func BadValue(name, problem string) error {
	return records.Errorf(records.BadValue, "%s %s", name, problem)
}

func coerceText(c records.Column, v any) (any, error) {
	switch t := v.(type) {
	case bool:
		return t, nil
	case json.Number:
		if !pyjson.IsInt(t) {
			return coerceFloat(c, t)
		}
		v = pyjson.NumberText(t)
	case string:
	case []any:
		return coerceItem(c, t)
	default:
		return nil, BadValue(c.Name, "must be a text")
	}
	text := v.(string)
	if c.Width > 0 && len(text) > c.Width && utf8.RuneCountInString(text) > c.Width {
		return nil, BadValue(c.Name, "is longer than "+strconv.Itoa(c.Width)+" characters")
	}
	return text, nil
}

// coerceFloat takes a number that is no integer. The old drivers refused those
// that are infinite or no number.
func coerceFloat(c records.Column, n json.Number) (any, error) {
	f, _ := n.Float64()
	text := pyjson.NumberText(n)
	if n == pyjson.NaN || math.IsInf(f, 0) || c.Width > 0 && len(text) > c.Width {
		return nil, BadValue(c.Name, "must be a text")
	}
	return records.FloatText(text), nil
}

// coerceItem takes a list of one text: the old drivers wrote it in a way that
// the databases took for a text.
func coerceItem(c records.Column, list []any) (any, error) {
	if len(list) == 1 {
		if text, ok := list[0].(string); ok {
			if _, err := coerceText(c, text); err != nil {
				return nil, err
			}
			return records.ListItem(text), nil
		}
	}
	return nil, BadValue(c.Name, "must be a text")
}

func coerceInt(name string, v any, low, high float64) (any, error) {
	var text string
	switch t := v.(type) {
	case bool:
		if t {
			return int64(1), nil
		}
		return int64(0), nil
	case json.Number:
		text = string(t)
	case string:
		text = strings.TrimSpace(t)
	default:
		return nil, BadValue(name, "must be an integer")
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && float64(n) >= low && float64(n) <= high {
		return n, nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil && f == 0 || math.IsNaN(f) || strings.ContainsAny(text, "xXpP_iI") {
		return nil, BadValue(name, "must be an integer")
	}
	if f = math.Round(f); f < low || f > high || f >= math.MaxInt64 {
		return nil, BadValue(name, "is out of range")
	}
	return int64(f), nil
}

func coerceBool(name string, v any) (any, error) {
	switch t := v.(type) {
	case bool:
		return t, nil
	case json.Number:
		if f, err := t.Float64(); err == nil && (f == 0 || f == 1) {
			return f == 1, nil
		}
	}
	return nil, BadValue(name, "must be true or false")
}

func coerceVisibility(name string, v any) (any, error) {
	for _, known := range []string{records.Private, records.Public, records.Shared, records.Community} {
		if text, ok := v.(string); ok && strings.EqualFold(text, known) {
			return known, nil
		}
	}
	return nil, BadValue(name, "must be public, private, shared or community")
}

// timeLayouts are the forms in which MySQL takes a DATETIME from a client.
var timeLayouts = []string{
	WholeSecondLayout, "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02",
}

func Time(name string, v any) (any, error) {
	switch t := v.(type) {
	case time.Time:
		return t, nil
	case string:
		for _, layout := range timeLayouts {
			if parsed, err := time.Parse(layout, t); err == nil && parsed.Year() > 0 {
				return parsed.Truncate(time.Microsecond), nil
			}
		}
	}
	return nil, BadValue(name, "must be a time such as 2026-11-23T16:10:00.000000, in UTC without a zone")
}

// PythonInt is Python's int() of a JSON value: numeric text is read, fractions
// of numbers are cut, fractions in text are an error.
func PythonInt(name string, v any) (json.Number, error) {
	switch t := v.(type) {
	case bool:
		if t {
			return "1", nil
		}
		return "0", nil
	case json.Number:
		if pyjson.IsInt(t) {
			return t, nil
		}
		if f, err := t.Float64(); err == nil {
			return json.Number(strconv.FormatFloat(math.Trunc(f), 'f', -1, 64)), nil
		}
	case string:
		text := strings.TrimSpace(t)
		digits := strings.TrimLeft(text, "+-")
		if len(text)-len(digits) <= 1 && digits != "" && strings.Trim(digits, "0123456789") == "" {
			return json.Number(strings.TrimPrefix(text, "+")), nil
		}
	}
	return "", BadValue(name, "must be an integer")
}

// ParseInteger is Python's int() of a number or a text; what is too large
// becomes the largest number there is.
func ParseInteger(name string, v any) (int64, error) {
	digits, err := PythonInt(name, v)
	if err != nil {
		return 0, err
	}
	// Beyond 64 bits it is the number with the most digits that fits, which is found
	// without reading millions of them as a number.
	n, err := strconv.ParseInt(string(digits), 10, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, BadValue(name, "must be an integer")
	}
	return n, nil
}

// MaxListText is how many bytes a text can have that is taken for the list of its
// characters, as Python does. The bound for the values of a body counts it as one.
const MaxListText = 1000

package coerce

import (
	"strings"

	"github.com/glancegate/glancegate/registry/records"
)

// TextFilter reads a filter with an operator, such as "in:a,b" or "eq:x"; a
// text without a colon, or one that is a time as a whole, is compared as it is
// (registry-v2-rpc.md, 6.4).
func TextFilter(column, text string) (records.Condition, error) {
	op, operand, found := strings.Cut(text, ":")
	if !found {
		return records.Condition{Column: column, Values: []any{text}}, nil
	}
	if isISOTime(text) {
		return records.Condition{Column: column, Values: []any{text}}, nil
	}
	switch op {
	case "eq":
		return records.Condition{Column: column, Values: []any{operand}}, nil
	case "in":
		values, err := splitList(operand)
		return records.Condition{Column: column, Op: records.In, Values: values}, err
	}
	return records.Condition{}, records.Errorf(records.InvalidFilterOperatorValue, "Unable to filter by unknown operator '%s'.", op)
}

// mostListed is how many values a filter can have. No database takes more.
const mostListed = 32_000

// splitList splits the operand of "in:" at commas that no double quotes
// protect. Inside quotes a backslash protects the next character and stays.
func splitList(text string) ([]any, error) {
	if text == "" {
		return nil, nil
	}
	fail := func(problem string) ([]any, error) {
		return nil, records.Errorf(records.InvalidParameterValue, "Invalid filter value %s. %s", text, problem)
	}
	var values []any
	var item strings.Builder
	const (
		plain = iota
		quoted
		afterQuote
	)
	state := plain
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case state == quoted && c == '\\' && i+1 < len(text):
			i++
			item.WriteByte(c)
			item.WriteByte(text[i])
		case state == quoted && c == '"':
			state = afterQuote
		case state == quoted:
			item.WriteByte(c)
		case c == ',' && len(values) == mostListed:
			return nil, records.Errorf(records.BadValue, "A list can be filtered by %d values at most", mostListed)
		case c == ',':
			values = append(values, item.String())
			item.Reset()
			state = plain
		case state == afterQuote:
			return fail("There is no comma after closing quotation mark.")
		case c == '"' && item.Len() > 0:
			return fail("There is no comma before opening quotation mark.")
		case c == '"':
			state = quoted
		default:
			item.WriteByte(c)
		}
	}
	if state == quoted {
		return fail("The quote is not closed.")
	}
	return append(values, item.String()), nil
}

// TimeFilter reads a filter on a time, such as "gte:2026-11-23T16:40:10Z".
func TimeFilter(column, text string) (records.Condition, error) {
	op, operand := "eq", text
	if !isISOTime(text) {
		if before, after, found := strings.Cut(text, ":"); found {
			op, operand = before, after
		}
	}
	t, ok := ParseISOTime(operand)
	if !ok {
		return records.Condition{}, records.Errorf(records.InvalidParameterValue, "Bad \"%s\" query filter format. Use ISO 8601 DateTime notation.", column)
	}
	operator, known := timeOperators[op]
	if !known {
		return records.Condition{}, records.Errorf(records.InvalidFilterOperatorValue, "Unable to filter on a unknown operator.")
	}
	return records.Condition{Column: column, Op: operator, Values: []any{t}}, nil
}

var timeOperators = map[string]records.Op{
	"eq": records.Equal, "neq": records.NotEqual, "gt": records.Greater, "gte": records.GreaterOrEqual, "lt": records.Less, "lte": records.LessOrEqual,
}

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

// SortDirection reads a direction; null is ascending.
func SortDirection(v any, known map[string]records.SortKey) (records.SortKey, bool) {
	if v == nil {
		return records.SortKey{}, true
	}
	text, _ := v.(string)
	direction, ok := known[text]
	return direction, ok
}

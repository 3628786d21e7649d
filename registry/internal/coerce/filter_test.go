package coerce

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/registry/records"
)

func TestTextFilter(t *testing.T) {
	for text, want := range map[string]string{
		"x":      "0 [x]",
		"":       "0 []",
		"eq:a:b": "0 [a:b]",
		"in:a,b": "6 [a b]",
		"in:":    "6 []", "in:,": "6 [ ]",
		`in:a,"b,c"`:          "6 [a b,c]",
		`in:"a\"b",c`:         `6 [a\"b c]`,
		"in:a,,b":             "6 [a  b]",
		"2020-01-01T00:00:03": "0 [2020-01-01T00:00:03]",
		"foo:bar":             "Unable to filter by unknown operator 'foo'.",
		":x":                  "Unable to filter by unknown operator ''.",
		`in:"a`:               `Invalid filter value "a. The quote is not closed.`,
		`in:a"b"`:             `Invalid filter value a"b". There is no comma before opening quotation mark.`,
		`in:"a"b`:             `Invalid filter value "a"b. There is no comma after closing quotation mark.`,
	} {
		c, err := TextFilter("name", text)
		got := fmt.Sprint(int(c.Op), " ", c.Values)
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func FuzzTextFilter(f *testing.F) {
	for _, s := range []string{`in:a,"b\"c",d`, "eq:x", "x", "in:", `in:"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		defer kit.Cheap(t, len(text))()
		c, err := TextFilter("name", text)
		if err == nil && c.Op != records.In && len(c.Values) != 1 {
			t.Fatalf("%q: %+v", text, c)
		}
		if err != nil && !records.IsKind(err, records.InvalidFilterOperatorValue) && !records.IsKind(err, records.InvalidParameterValue) {
			t.Fatalf("%q: %v", text, err)
		}
	})
}

func TestWholeNumber(t *testing.T) {
	for _, row := range []struct {
		value any
		want  int64
		ok    bool
	}{
		{json.Number("2"), 2, true}, {json.Number("-2"), -2, true}, {json.Number("2.0"), 2, true}, {json.Number("2e1"), 20, true},
		{"2", 2, true}, {" 2 ", 2, true}, {"2.0", 2, true}, {true, 1, true}, {false, 0, true}, {int64(7), 7, true},
		{json.Number("2147483648"), 2147483648, true},
		{json.Number("2.5"), 0, false}, {json.Number("0.4"), 0, false}, {json.Number("1e300"), 0, false},
		{json.Number("1e400"), 0, false}, {json.Number("99999999999999999999"), 0, false},
		{"2.5", 0, false}, {"2 MiB", 0, false}, {"two", 0, false}, {"", 0, false}, {"0x2", 0, false}, {"2_0", 0, false},
		{"NaN", 0, false}, {"Infinity", 0, false}, {"inf", 0, false},
		{nil, 0, false}, {[]any{json.Number("2")}, 0, false},
	} {
		if got, ok := records.WholeNumber(row.value); got != row.want || ok != row.ok {
			t.Errorf("%v: %d, %v", row.value, got, ok)
		}
	}
}

func TestEqualsOfIntegers(t *testing.T) {
	for _, row := range []struct {
		value any
		want  []any // nil: nothing is equal
	}{
		{json.Number("64"), []any{int64(64)}}, {"64", []any{int64(64)}},
		{json.Number("63.6"), nil}, {"63.6", nil}, {json.Number("64.4"), nil},
	} {
		c, err := Equals(records.Images, "min_ram", row.value)
		if err != nil || len(c.Values) != len(row.want) || row.want != nil && c.Values[0] != row.want[0] {
			t.Errorf("%v: %+v, %v", row.value, c, err)
		}
	}
	if _, err := Equals(records.Images, "min_ram", "many"); !records.IsKind(err, records.BadValue) {
		t.Errorf("a text: %v", err)
	}
}

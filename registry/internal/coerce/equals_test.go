package coerce

import (
	"encoding/json"
	"testing"

	"github.com/glancegate/glancegate/registry/records"
)

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

package coerce

import (
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

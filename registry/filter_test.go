package registry

import (
	"fmt"
	"testing"
	"time"
)

func TestParseISOTime(t *testing.T) {
	for text, want := range map[string]string{
		"2020-01-02T03:04:05":         "2020-01-02 03:04:05",
		"2020-01-02T03:04:05Z":        "2020-01-02 03:04:05",
		"2020-01-02T03:04:05.6":       "2020-01-02 03:04:05.6",
		"2020-01-02T03:04:05,5":       "2020-01-02 03:04:05.5",
		"2020-01-02T03:04:05.6789019": "2020-01-02 03:04:05.678901",
		"2020-01-02T03:04:05+02:00":   "2020-01-02 01:04:05",
		"2020-01-02T03:04:05-0330":    "2020-01-02 06:34:05",
		"2020-01-02T03:04:05+02":      "2020-01-02 01:04:05",
		"2020-01-02 03:04:05":         "2020-01-02 03:04:05",
		"20200102T030405Z":            "2020-01-02 03:04:05",
		"2020-01-02T03:04":            "2020-01-02 03:04:00",
		"2020-01-02T03":               "2020-01-02 03:00:00",
		"2020-1-2":                    "2020-01-02 00:00:00",
		"2020-01":                     "2020-01-01 00:00:00",
		"2020":                        "2020-01-01 00:00:00",
		"2020-01-02T03:04:5":          "2020-01-02 03:04:05",
		"":                            "", "now": "", "2020-02-30": "", "2020-01-02T24:00:00": "", " 2020": "",
		"202001": "", "2020-13": "", "0000": "", "2020-01-02t03": "", "2020-01-02T03:04:05z": "",
		"2020-01-02T03:04:05 02:00": "", "9999-12-31T23:59:59-01": "",
	} {
		got, ok := ParseISOTime(text)
		formatted := ""
		if ok {
			formatted = got.Format("2006-01-02 15:04:05.999999")
		}
		if formatted != want {
			t.Errorf("%q: %q, want %q", text, formatted, want)
		}
	}
}

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

func FuzzParseISOTime(f *testing.F) {
	for _, s := range []string{"2020-01-02T03:04:05.678901+02:00", "20200102T030405Z", "2020", "2020-1-2 03"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := ParseISOTime(text)
		if !ok {
			return
		}
		if got.Location() != time.UTC || got.Nanosecond()%1000 != 0 {
			t.Fatalf("%q: %v is not UTC to the microsecond", text, got)
		}
		again, ok := ParseISOTime(got.Format("2006-01-02T15:04:05.000000"))
		if !ok || !again.Equal(got) {
			t.Fatalf("%q: %v is read back as %v", text, got, again)
		}
	})
}

func FuzzTextFilter(f *testing.F) {
	for _, s := range []string{`in:a,"b\"c",d`, "eq:x", "x", "in:", `in:"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := TextFilter("name", text)
		if err == nil && c.Op != In && len(c.Values) != 1 {
			t.Fatalf("%q: %+v", text, c)
		}
		if err != nil && kindOf(err) != InvalidFilterOperatorValue && kindOf(err) != InvalidParameterValue {
			t.Fatalf("%q: %v", text, err)
		}
	})
}

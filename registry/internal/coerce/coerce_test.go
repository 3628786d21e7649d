package coerce

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry/records"
)

// refused is what a table expects where coerce must fail.
type refused struct{}

func TestCoerce(t *testing.T) {
	text20 := records.Column{Name: "disk_format", Kind: records.Text, Width: 20, Nullable: true}
	for _, row := range []struct {
		column records.Column
		json   string
		want   any
	}{
		{text20, `null`, nil},
		{records.Column{Name: "status"}, `null`, refused{}},
		{text20, `"raw"`, "raw"},
		{text20, `""`, ""},
		{text20, `"` + strings.Repeat("é", 20) + `"`, strings.Repeat("é", 20)},
		{text20, `"` + strings.Repeat("x", 21) + `"`, refused{}},
		{text20, `5`, "5"},
		{text20, `1.50`, records.FloatText("1.5")},
		{text20, `true`, true},
		{text20, `[]`, refused{}},
		{text20, `{}`, refused{}},
		{records.Column{Kind: records.Int32}, `2147483647`, int64(2147483647)},
		{records.Column{Kind: records.Int32}, `2147483648`, refused{}},
		{records.Column{Kind: records.Int32}, `-2147483649`, refused{}},
		{records.Column{Kind: records.Int64}, `9223372036854775807`, int64(9223372036854775807)},
		{records.Column{Kind: records.Int64}, `9223372036854775808`, refused{}},
		{records.Column{Kind: records.Int64}, `-9223372036854775808`, int64(-9223372036854775808)},
		{records.Column{Kind: records.Int64}, `1.5`, int64(2)},
		{records.Column{Kind: records.Int64}, `-1.5`, int64(-2)},
		{records.Column{Kind: records.Int64}, `1e400`, refused{}},
		{records.Column{Kind: records.Int64}, `" 7 "`, int64(7)},
		{records.Column{Kind: records.Int64}, `"abc"`, refused{}},
		{records.Column{Kind: records.Int64}, `""`, refused{}},
		{records.Column{Kind: records.Int64}, `"0x10"`, refused{}},
		{records.Column{Kind: records.Int64}, `"inf"`, refused{}},
		{records.Column{Kind: records.Int64}, `"nan"`, refused{}},
		{records.Column{Kind: records.Int64}, `true`, int64(1)},
		{records.Column{Kind: records.Bool}, `true`, true},
		{records.Column{Kind: records.Bool}, `0`, false},
		{records.Column{Kind: records.Bool}, `1.0`, true},
		{records.Column{Kind: records.Bool}, `2`, refused{}},
		{records.Column{Kind: records.Bool}, `"true"`, refused{}},
		{records.Column{Kind: records.Visibility}, `"Public"`, records.Public},
		{records.Column{Kind: records.Visibility}, `"secret"`, refused{}},
		{records.Column{Kind: records.Visibility}, `1`, refused{}},
		{records.Column{Kind: records.Time}, `"2016-05-05T05:05:05.123456"`, time.Date(2016, 5, 5, 5, 5, 5, 123456000, time.UTC)},
		{records.Column{Kind: records.Time}, `"2016-05-05 05:05:05"`, time.Date(2016, 5, 5, 5, 5, 5, 0, time.UTC)},
		{records.Column{Kind: records.Time}, `"2016-05-05T05:05:05Z"`, refused{}},
		{records.Column{Kind: records.Time}, `"bad"`, refused{}},
		{records.Column{Kind: records.Time}, `5`, refused{}},
	} {
		v, err := pyjson.Decode([]byte(row.json), 5)
		if err != nil {
			t.Fatal(row.json, err)
		}
		got, err := Value(row.column, v)
		if _, fails := row.want.(refused); fails {
			if !records.IsKind(err, records.BadValue) {
				t.Errorf("%+v %s: got %v, %v", row.column, row.json, got, err)
			}
			continue
		}
		if err != nil || !reflect.DeepEqual(got, row.want) {
			t.Errorf("%+v %s: got %v, %v", row.column, row.json, got, err)
		}
	}
}

func TestPythonInt(t *testing.T) {
	for text, want := range map[string]string{
		`12`: "12", `" +7 "`: "7", `"-3"`: "-3", `1.9`: "1", `-1.9`: "-1", `true`: "1", `1e3`: "1000",
		`123456789012345678901`: "123456789012345678901",
		`"1.5"`:                 "", `"x"`: "", `""`: "", `"--1"`: "", `[]`: "", `1e999`: "",
	} {
		v, _ := pyjson.Decode([]byte(text), 5)
		got, err := PythonInt("size", v)
		if string(got) != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v", text, got, err)
		}
	}
}

func TestFourByte(t *testing.T) {
	for text, want := range map[string]string{
		`{"name": "ok é"}`:                        "",
		`{"name": "😀"}`:                           "Name can't contain 4 byte unicode characters.",
		`{"disk_format": "😀"}`:                    "Disk_Format can't contain 4 byte unicode characters.",
		`{"os_hash2algo": "😀"}`:                   "Os_Hash2Algo can't contain 4 byte unicode characters.",
		`{"properties": {"k😀": "v"}}`:             "Property names can't contain 4 byte unicode.",
		`{"properties": {"arch": "😀"}}`:           "Arch can't contain 4 byte unicode characters.",
		`{"tags": ["😀"]}`:                         "",
		`{"a": {"b": {"c": "😀"}}}`:                "C can't contain 4 byte unicode characters.",
		`{"properties": {"nested😀": {"a": "b"}}}`: "",
	} {
		v, _ := pyjson.Decode([]byte(text), 5)
		got := ""
		if err := CheckFourByte(v.(*pyjson.Object)); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: %q", text, got)
		}
	}
}

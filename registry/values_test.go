package registry

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/registry/pyjson"
)

// refused is what a table expects where coerce must fail.
type refused struct{}

func TestCoerce(t *testing.T) {
	text20 := Column{Name: "disk_format", Kind: Text, Width: 20, Nullable: true}
	for _, row := range []struct {
		column Column
		json   string
		want   any
	}{
		{text20, `null`, nil},
		{Column{Name: "status"}, `null`, refused{}},
		{text20, `"raw"`, "raw"},
		{text20, `""`, ""},
		{text20, `"` + strings.Repeat("é", 20) + `"`, strings.Repeat("é", 20)},
		{text20, `"` + strings.Repeat("x", 21) + `"`, refused{}},
		{text20, `5`, "5"},
		{text20, `1.50`, FloatText("1.5")},
		{text20, `true`, true},
		{text20, `[]`, refused{}},
		{text20, `{}`, refused{}},
		{Column{Kind: Int32}, `2147483647`, int64(2147483647)},
		{Column{Kind: Int32}, `2147483648`, refused{}},
		{Column{Kind: Int32}, `-2147483649`, refused{}},
		{Column{Kind: Int64}, `9223372036854775807`, int64(9223372036854775807)},
		{Column{Kind: Int64}, `9223372036854775808`, refused{}},
		{Column{Kind: Int64}, `-9223372036854775808`, int64(-9223372036854775808)},
		{Column{Kind: Int64}, `1.5`, int64(2)},
		{Column{Kind: Int64}, `-1.5`, int64(-2)},
		{Column{Kind: Int64}, `1e400`, refused{}},
		{Column{Kind: Int64}, `" 7 "`, int64(7)},
		{Column{Kind: Int64}, `"abc"`, refused{}},
		{Column{Kind: Int64}, `""`, refused{}},
		{Column{Kind: Int64}, `"0x10"`, refused{}},
		{Column{Kind: Int64}, `"inf"`, refused{}},
		{Column{Kind: Int64}, `"nan"`, refused{}},
		{Column{Kind: Int64}, `true`, int64(1)},
		{Column{Kind: Bool}, `true`, true},
		{Column{Kind: Bool}, `0`, false},
		{Column{Kind: Bool}, `1.0`, true},
		{Column{Kind: Bool}, `2`, refused{}},
		{Column{Kind: Bool}, `"true"`, refused{}},
		{Column{Kind: Visibility}, `"Public"`, Public},
		{Column{Kind: Visibility}, `"secret"`, refused{}},
		{Column{Kind: Visibility}, `1`, refused{}},
		{Column{Kind: Time}, `"2016-05-05T05:05:05.123456"`, time.Date(2016, 5, 5, 5, 5, 5, 123456000, time.UTC)},
		{Column{Kind: Time}, `"2016-05-05 05:05:05"`, time.Date(2016, 5, 5, 5, 5, 5, 0, time.UTC)},
		{Column{Kind: Time}, `"2016-05-05T05:05:05Z"`, refused{}},
		{Column{Kind: Time}, `"bad"`, refused{}},
		{Column{Kind: Time}, `5`, refused{}},
	} {
		v, err := pyjson.Decode([]byte(row.json), 5)
		if err != nil {
			t.Fatal(row.json, err)
		}
		got, err := coerce(row.column, v)
		if _, fails := row.want.(refused); fails {
			if kindOf(err) != BadValue {
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
		got, err := pythonInt("size", v)
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

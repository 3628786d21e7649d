package pyjson

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	"github.com/glancegate/glancegate/integration/kit"
)

func TestDecodeThenAppend(t *testing.T) {
	for text, want := range map[string]string{
		`{"b":1,"a":[true,null,"x"]}`:                   `{"b": 1, "a": [true, null, "x"]}`,
		`{"a":1,"b":2,"a":3}`:                           `{"a": 3, "b": 2}`,
		`"é😀\u007f\u0001\n"`:                            `"\u00e9\ud83d\ude00\u007f\u0001\n"`,
		`123456789012345678901234567890`:                `123456789012345678901234567890`,
		`[1.50, 1E5, -0, -0.0, 1e16, 1e-5, 0.0001]`:     `[1.5, 100000.0, 0, -0.0, 1e+16, 1e-05, 0.0001]`,
		`[NaN, Infinity, -Infinity, "NaN \" Infinity"]`: `[NaN, Infinity, -Infinity, "NaN \" Infinity"]`,
		` {} `:           `{}`,
		`"\ud83d\ude00"`: `"\ud83d\ude00"`,
		`"\\ud800"`:      `"\\ud800"`,
	} {
		v, err := Decode([]byte(text), 10)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := string(Append(nil, v)); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, text := range []string{
		``, ` `, `{`, `[1,]`, `{"a":}`, `{} x`, `{}{}`, "\xef\xbb\xbf{}", "\"\xff\"",
		`"\ud800"`, `"\udc00"`, `"\ud800\u0041"`, `NaNN`, `1NaN`, `Infinit`, `[}`, `{"a":1]`, `]`, `{1:2}`, `'a'`,
	} {
		if v, err := Decode([]byte(text), 10); err == nil {
			t.Errorf("%q was read as %v", text, v)
		}
	}
	if _, err := Decode([]byte(`[[[]]]`), 2); err != ErrTooDeep {
		t.Errorf("three levels with two allowed: %v", err)
	}
	if _, err := Decode([]byte(`[[{}]]`), 3); err != nil {
		t.Errorf("three levels with three allowed: %v", err)
	}
}

func TestTruthy(t *testing.T) {
	for text, want := range map[string]bool{
		`null`: false, `false`: false, `0`: false, `0.0`: false, `""`: false, `[]`: false, `{}`: false,
		`true`: true, `1`: true, `-1`: true, `"False"`: true, `"0"`: true, `[0]`: true, `{"a":0}`: true, `1e999`: true,
	} {
		v, err := Decode([]byte(text), 3)
		if err != nil || Truthy(v) != want {
			t.Errorf("%s: %v, %v", text, Truthy(v), err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{`{"a":[1,"\u00e9",null]}`, `"\ud83d\ude00"`, `[1e5,-0]`, `{"a":1,"a":2}`, ` [{"b" : [true, false, null, "", 10, {}]} ] `} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		defer kit.Cheap(t, len(text))()
		if plain, ok := decodePlain(text, 50); ok {
			if v, err := decodeAny(text, 50); err != nil || !reflect.DeepEqual(plain, v) {
				t.Fatalf("%q is plain, and %#v; it should be %#v, %v", text, plain, v, err)
			}
		}
		v, err := Decode(text, 50)
		if err != nil {
			return
		}
		var want any
		if json.Unmarshal(text, &want) != nil {
			if !json.Valid(text) && !bytes.ContainsAny(text, "NI") {
				t.Fatalf("%q is no JSON and was accepted", text)
			}
			return // a constant of Python, or a number that no float can hold
		}
		out := Append(nil, v)
		var got any
		if err := json.Unmarshal(out, &got); err != nil {
			t.Fatalf("%q was written as %q: %v", text, out, err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%q was written as %q", text, out)
		}
		for _, c := range out {
			if c > 0x7f {
				t.Fatalf("%q is not ASCII", out)
			}
		}
	})
}

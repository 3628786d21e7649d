package conformance

import "testing"

func mustParse(t *testing.T, text string) any {
	t.Helper()
	v, err := parse([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

func TestSame(t *testing.T) {
	for _, pair := range [][2]string{
		{`null`, `null`},
		{`1.0`, `1.00`},
		{`1e2`, `100.0`},
		{`12345678901234567890`, `12345678901234567890`},
		{`{"a":1,"b":[]}`, `{"b":[],"a":1}`},
		{`"\u00e9"`, `"é"`},
	} {
		if !same(mustParse(t, pair[0]), mustParse(t, pair[1])) {
			t.Errorf("%s and %s: want the same", pair[0], pair[1])
		}
	}
	for _, pair := range [][2]string{
		{`1`, `1.0`},
		{`1`, `"1"`},
		{`1`, `true`},
		{`0`, `false`},
		{`0`, `null`},
		{`null`, `false`},
		{`null`, `""`},
		{`"a"`, `"A"`},
		{`"a"`, `"a "`},
		{`[]`, `{}`},
		{`[]`, `null`},
		{`[1,2]`, `[2,1]`},
		{`[1]`, `[1,1]`},
		{`{"a":null}`, `{}`},
		{`{"a":null}`, `{"b":null}`},
		{`{"a":1}`, `{"a":1,"b":1}`},
		{`12345678901234567890`, `12345678901234567891`},
		{`1.5`, `1.25`},
	} {
		a, b := mustParse(t, pair[0]), mustParse(t, pair[1])
		if same(a, b) || same(b, a) {
			t.Errorf("%s and %s: want a difference", pair[0], pair[1])
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{``, `{`, `1 2`, `{} x`, `NaN`, `'a'`} {
		if v, err := parse([]byte(text)); err == nil {
			t.Errorf("%q: got %v", text, v)
		}
	}
}

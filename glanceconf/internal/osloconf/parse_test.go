package osloconf

import (
	"slices"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/kit"
)

// The vectors of registry-config.md, 2 and 15. Each is in [DEFAULT].
func TestParse(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string // key, value, ...
	}{
		{"bind_host = 10.1.1.1 ; x", []string{"bind_host", "10.1.1.1 ; x"}},
		{"bind_host = 10.0.0.5 # vip", []string{"bind_host", "10.0.0.5 # vip"}},
		{"bind_host = 10.1.1.1\n   # note", []string{"bind_host", "10.1.1.1\n# note"}},
		{"roles = a,\n b\n c", []string{"roles", "a,\nb\nc"}},
		{"roles =\n a", []string{"roles", "\na"}},
		{`admin_role = "`, []string{"admin_role", ""}},
		{"bind_port : 9393", []string{"bind_port", "9393"}},
		{"key:with = x", []string{"key", "with = x"}},
		{"connection: mysql://u:p@h/g", []string{"connection", "mysql://u:p@h/g"}},
		{"workers =", []string{"workers", ""}},
		{"admin_role = 'boss'", []string{"admin_role", "boss"}},
		{"admin_role = 'boss", []string{"admin_role", "'boss"}},
		{`admin_role = "boss'`, []string{"admin_role", `"boss'`}},
		{`lst = "a","b"`, []string{"lst", `a","b`}},
		{"q = \"a\n b\"", []string{"q", "\"a\nb\""}},
		{`pw = " x "`, []string{"pw", " x "}},
		{"a = 1\n\nb = 2\n#c\n;d\ne = 3  \r\n", []string{"a", "1", "b", "2", "e", "3"}},
		{"a b = 1", []string{"a b", "1"}},
		{"x=%(y)s", []string{"x", "%(y)s"}},
	} {
		entries, err := Parse("f", []byte("[DEFAULT]\n"+c.text))
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		var got []string
		for _, e := range entries {
			got = append(got, e.Key, e.Value)
			if e.Section != Default {
				t.Errorf("%q: section %q", c.text, e.Section)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"bind_port = 1", "f:1: an option must stand in a section"},
		{"\ufeff[DEFAULT]\n", "f:1: the file begins with a byte order mark"},
		{"[DEFAULT]\n\n  bind_port = 1", "f:3: an indented line"},
		{"[DEFAULT]\nconnection = x\n# note\n  y", "f:4: an indented line"},
		{"[DEFAULT]\n  y", "f:2: an indented line"},
		{"  y", "f:1: an indented line"},
		{"[DEFAULT] # x", "f:1: a section must end"},
		{"[DEFAULT", "f:1: a section must end"},
		{"[]", "f:1: a section needs a name"},
		{"[DEFAULT]\nhello", "f:2: there is neither = nor :"},
		{"[DEFAULT]\n= x", "f:2: there is no name"},
		{"[DEFAULT]\n: x", "f:2: there is no name"},
	} {
		if _, err := Parse("f", []byte(c.text)); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%q: got %v, want %s", c.text, err, c.want)
		}
	}
}

// What was read can be written and is read again.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"[DEFAULT]\nbind_host = 10.1.1.1 ; x\n", "[a]\nb: c\n d\n\n[ DEFAULT ]\n;x\n'k' = \"v\"\r\n", "[]", "\ufeff[x]\ny=1", "[a]\nb=\n c", "[a]\n=",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		defer kit.Cheap(t, len(text))()
		entries, err := Parse("f", []byte(text))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "f:") {
				t.Errorf("no line in %v", err)
			}
			return
		}
		var b strings.Builder
		for _, e := range entries {
			first, rest, more := strings.Cut(e.Value, "\n")
			// Behind a vertical tab a key may begin with what makes a comment or
			// a section of a line.
			b.WriteString("[" + e.Section + "]\n\v" + e.Key + " = ")
			b.WriteString(`"` + first + `"` + "\n")
			for more {
				first, rest, more = strings.Cut(rest, "\n")
				b.WriteString(" " + first + "\n")
			}
		}
		again, err := Parse("f", []byte(b.String()))
		if err != nil {
			t.Fatalf("%v in\n%s", err, b.String())
		}
		same := slices.EqualFunc(entries, again, func(a, b Entry) bool {
			return a.Section == b.Section && a.Key == b.Key && a.Value == b.Value
		})
		if !same {
			t.Errorf("%v became %v by\n%s", entries, again, b.String())
		}
	})
}

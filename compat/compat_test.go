package compat

import "testing"

func TestParse(t *testing.T) {
	for n, name := range Names {
		r, ok := Parse(name)
		if !ok || r != Mitaka+Release(n) || r.String() != name || r.Python2() != (n < 6) {
			t.Errorf("%s: %d, %v, %s", name, r, ok, r)
		}
	}
	if r, ok := Parse(""); !ok || r != 0 {
		t.Errorf("the empty name: %s, %v", r, ok)
	}
	if _, ok := Parse("ussuri"); ok {
		t.Error("ussuri is known")
	}
}

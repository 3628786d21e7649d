package compat

import "testing"

func TestBefore(t *testing.T) {
	for _, c := range []struct {
		release, other string
		want           bool
	}{
		{"mitaka", "newton", true}, {"newton", "newton", false}, {"train", "stein", false},
		{"", "train", false}, {"stein", "", true}, {"", "mitaka", false},
	} {
		if got := Before(c.release, c.other); got != c.want {
			t.Errorf("%q before %q: %v", c.release, c.other, got)
		}
	}
	if Known("") || Known("ussuri") || !Known("train") {
		t.Error("Known")
	}
}

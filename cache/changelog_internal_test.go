package cache

import (
	"fmt"
	"testing"
)

func TestChangelog(t *testing.T) {
	l := newChangelog()
	l.add([]string{"a"}, false)
	l.add([]string{"b", "c"}, false)
	l.add([]string{"d"}, false)
	for _, c := range []struct {
		id     string
		number uint64
		want   bool
	}{
		{"a", 0, false}, {"a", 1, true}, {"b", 1, false}, {"c", 1, false}, {"c", 2, true}, {"d", 2, false}, {"d", 3, true}, {"e", 0, true},
	} {
		if got := l.untouched(c.id, c.number); got != c.want {
			t.Errorf("%s untouched since %d: %v, want %v", c.id, c.number, got, c.want)
		}
	}
	l.add(nil, true)
	if l.untouched("e", 3) || !l.untouched("e", 4) {
		t.Error("a change of anything concerns every image that was read before, and no other")
	}
}

// What was forgotten may have been any image.
func TestChangelogForgets(t *testing.T) {
	l := newChangelog()
	for n := range uint64(3 * maxChanges) {
		c := l.add([]string{fmt.Sprint(n)}, false)
		if c.number != n+1 {
			t.Fatalf("change %d has the number %d", n, c.number)
		}
	}
	newest := l.number()
	if !l.untouched("x", newest-maxChanges+2) {
		t.Error("a change is forgotten too early")
	}
	if l.untouched("x", newest-maxChanges-2) {
		t.Error("a change that is forgotten concerns nothing")
	}
	length := 0
	for c := l.newest.Load(); c != nil; c = c.earlier.Load() {
		length++
	}
	if length > maxChanges {
		t.Errorf("%d changes are kept", length)
	}
}

func TestAChangeOfManyImagesIsOneOfAny(t *testing.T) {
	l := newChangelog()
	if c := l.add(make([]string, maxChangedIDs), false); c.any {
		t.Error("a few are too many")
	}
	if c := l.add(make([]string, maxChangedIDs+1), false); !c.any || c.ids != nil {
		t.Error("the ids of many images are kept")
	}
}

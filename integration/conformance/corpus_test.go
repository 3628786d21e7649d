package conformance

import (
	"slices"
	"testing"

	"github.com/glancegate/glancegate/integration/servers"
)

func TestCorpusIsWhole(t *testing.T) {
	cases, err := Load(func(*Case) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	v1, steps := 0, 0
	for _, c := range cases {
		if ids[c.ID] {
			t.Errorf("%s: twice", c.ID)
		}
		ids[c.ID] = true
		if c.IsV1() {
			v1++
		}
		steps += len(c.Steps)
		c.check(t)
	}
	// A case that got lost would not be missed otherwise.
	if len(cases) != 3156 || v1 != 1020 || steps != 9820 {
		t.Errorf("%d cases, %d of them v1, with %d steps", len(cases), v1, steps)
	}
}

// check sees whether the case can be played.
func (c *Case) check(t *testing.T) {
	for i, s := range c.Steps {
		r := s.Response
		if r.Status == 0 || !r.Body.Present && !r.Picked.Present && r.Text == nil {
			t.Errorf("%s, step %d: no answer", c.ID, i)
		}
		for name := range s.Database {
			if !slices.ContainsFunc(tables, func(t table) bool { return t.name == name }) {
				t.Errorf("%s, step %d: no table %s", c.ID, i, name)
			}
		}
	}
	for dialect, steps := range c.Variants {
		if !slices.Contains(servers.Dialects, dialect) {
			t.Errorf("%s: variant for %s", c.ID, dialect)
		}
		for i := range steps {
			if i < 0 || i >= len(c.Steps) {
				t.Errorf("%s: variant of step %d", c.ID, i)
			}
		}
	}
}

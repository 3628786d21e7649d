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

func TestDeviationsAreInOrder(t *testing.T) {
	list, err := LoadDeviations()
	if err != nil {
		t.Fatal(err)
	}
	cases, err := Load(func(*Case) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	for i, d := range list {
		if d.Number < 1 || d.Reason == "" {
			t.Errorf("%s: number or reason is missing", d.Case)
		}
		covered := 0
		for _, c := range cases {
			if list.Find(c.ID) == &list[i] {
				covered++
			}
		}
		if covered == 0 {
			t.Errorf("%s: covers no case that an entry before it does not", d.Case)
		}
	}
}

func TestFind(t *testing.T) {
	list := Deviations{{Case: "v1.a.1", Number: 1}, {Case: "v1.b.*", Number: 2}}
	for id, want := range map[string]int{"v1.a.1": 1, "v1.a.12": 0, "v1.b.1": 2, "v1.b.": 2, "v1.b": 0, "v1.c": 0} {
		got := 0
		if d := list.Find(id); d != nil {
			got = d.Number
		}
		if got != want {
			t.Errorf("%s: got %d, want %d", id, got, want)
		}
	}
}

func TestStale(t *testing.T) {
	list := Deviations{{Case: "passes"}, {Case: "fails.*"}, {Case: "half"}, {Case: "never"}}
	var r Report
	for _, dialect := range servers.Dialects {
		r.note("passes", dialect, true)
		r.note("fails.1", dialect, true)
		r.note("fails.2", dialect, dialect != servers.SQLite)
	}
	r.note("half", servers.MySQL, true)
	stale := r.Stale(list)
	if len(stale) != 1 || stale[0].Case != "passes" {
		t.Errorf("stale: %v", stale)
	}
}

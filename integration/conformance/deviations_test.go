package conformance

import (
	"testing"

	"github.com/glancegate/glancegate/integration/servers"
)

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

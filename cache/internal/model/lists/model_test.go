package lists

import (
	"testing"

	"github.com/glancegate/glancegate/internal/explore"
)

// wrong says what is wrong with a state; "" means nothing.
func (m model) wrong(s state) string {
	if l := s.lister; l.step == done && l.late && l.shows != m.within(changed) {
		return "the change was reported, and the old list is given"
	}
	if s.report == settled && s.record == old {
		return "the change was reported, and the old record is kept"
	}
	return ""
}

// explore tries every order and returns the shortest that goes wrong.
func (m model) explore() (states int, problem string, path []state) {
	return explore.Shortest(state{database: old}, m.next, m.wrong)
}

func TestNoOrderGoesWrong(t *testing.T) {
	for _, appears := range []bool{true, false} {
		states, problem, path := model{protocol, appears}.explore()
		t.Logf("appears: %v, %d states", appears, states)
		if problem != "" {
			t.Error(problem)
			for _, s := range path {
				t.Logf("%+v", s)
			}
		}
	}
}

// Every rule is needed: the model sees what happens without it.
func TestEveryRuleIsNeeded(t *testing.T) {
	for _, c := range []struct {
		name    string
		appears bool
		without func(*rules)
	}{
		{"the state before, an image disappears", false, func(r *rules) { r.before = false }},
		{"the state after, an image appears", true, func(r *rules) { r.after = false }},
		{"settled, an image appears", true, func(r *rules) { r.settled = false }},
		{"noted first, an image disappears", false, func(r *rules) { r.noteFirst = false }},
		{"untouched, an image disappears", false, func(r *rules) { r.untouched = false }},
		{"leases, an image appears", true, func(r *rules) { r.leases = false }},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := model{protocol, c.appears}
			c.without(&m.rules)
			if _, problem, _ := m.explore(); problem == "" {
				t.Error("nothing goes wrong without it")
			} else {
				t.Log(problem)
			}
		})
	}
}

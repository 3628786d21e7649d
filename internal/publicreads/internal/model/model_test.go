package model

import (
	"testing"

	"github.com/glancegate/glancegate/internal/explore"
)

// wrong says what is wrong with a state; "" means nothing.
func wrong(s state) string {
	if s.feed == settled && s.database == changed && s.answer == old {
		return "the change was told, and the old answer is given"
	}
	return ""
}

// explore tries every order and returns the shortest that goes wrong.
func (m model) explore() (states int, problem string, path []state) {
	return explore.Shortest(state{database: old, node: old}, m.next, wrong)
}

func TestNoOrderGoesWrong(t *testing.T) {
	for _, unseen := range []bool{false, true} {
		states, problem, path := model{protocol, unseen}.explore()
		t.Logf("unseen: %v, %d states", unseen, states)
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
		unseen  bool
		without func(*rules)
	}{
		{"comparison, a node that lags", false, func(r *rules) { r.compare = false }},
		{"leases and versions, a node that lags", false, func(r *rules) { r.lease, r.version = false, false }},
		{"leases, a change that is not seen", true, func(r *rules) { r.lease = false }},
		{"answers go with the record", false, func(r *rules) { r.void = false }},
		{"blocks, a change that is not seen", true, func(r *rules) { r.blocks = false }},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := model{protocol, c.unseen}
			c.without(&m.rules)
			if _, problem, _ := m.explore(); problem == "" {
				t.Error("nothing goes wrong without it")
			} else {
				t.Log(problem)
			}
		})
	}
}

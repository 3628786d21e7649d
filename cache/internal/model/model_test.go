package model

import (
	"fmt"
	"testing"

	"github.com/glancegate/glancegate/internal/explore"
)

// wrong says what is wrong with a state; "": nothing.
func (m model) wrong(s state) string {
	for n, node := range s.nodes {
		if node.reader.step == done && node.reader.late && node.reader.value == old {
			return fmt.Sprintf("the reader of node %d began after the change was reported, or long after it was made, and got the old row", n)
		}
		if m.knows(s, n) && node.local == old {
			return fmt.Sprintf("node %d knows of the change and keeps the old row", n)
		}
	}
	all := m.knows(s, 0) && m.knows(s, 1)
	found := s.stored.value == old && s.stored.token == s.token && s.token != 0
	if all && found {
		return "all nodes know of the change, and Redis returns the old row"
	}
	return ""
}

// explore tries every order and returns the shortest that goes wrong.
func (m model) explore() (states int, problem string, path []state) {
	return explore.Shortest(state{database: old}, m.next, m.wrong)
}

func TestNoOrderGoesWrong(t *testing.T) {
	for _, m := range []model{{protocol, false, false}, {protocol, true, false}, {protocol, true, true}} {
		states, problem, path := m.explore()
		t.Logf("in the database: %v, disturbed: %v; %d states", m.inDatabase, m.disturbed, states)
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
		name       string
		inDatabase bool
		disturbed  bool
		without    func(*rules)
	}{
		{"leases", false, false, func(r *rules) { r.leases = false }},
		{"tokens", false, false, func(r *rules) { r.tokens = false }},
		{"token first", false, false, func(r *rules) { r.tokenFirst = false }},
		{"Redis first", false, false, func(r *rules) { r.redisFirst = false }},
		{"void first", false, false, func(r *rules) { r.voidFirst = false }},
		{"leases, changes of the database", true, false, func(r *rules) { r.leases = false }},
		{"tokens, changes of the database", true, false, func(r *rules) { r.tokens = false }},
		{"blocks, changes of the database", true, false, func(r *rules) { r.blocks = false }},
		{"looks, a feed that is behind", true, true, func(r *rules) { r.looks = false }},
		{"causal looks, a feed that is behind", true, true, func(r *rules) { r.causal = false }},
		{"history, a feed that is deaf", true, true, func(r *rules) { r.history = false }},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := model{protocol, c.inDatabase, c.disturbed}
			c.without(&m.rules)
			if _, problem, _ := m.explore(); problem == "" {
				t.Error("nothing goes wrong without it")
			} else {
				t.Log(problem)
			}
		})
	}
}

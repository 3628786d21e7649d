package conformance

import (
	"maps"
	"slices"
	"testing"

	"github.com/glancegate/glancegate/integration/servers"
)

// A mutation makes a step's outcome wrong in one way. It reports whether it
// could.
type mutation func(s *Step, seed int) bool

var mutations = map[string]mutation{
	"status": func(s *Step, _ int) bool {
		s.Response.Status += 100
		return true
	},
	"header missing": func(s *Step, _ int) bool {
		headers := maps.Clone(s.Response.Headers)
		delete(headers, "x-openstack-request-id")
		changed := len(headers) < len(s.Response.Headers)
		s.Response.Headers = headers
		return changed && s.Response.Status != 500 && !isCrashOfOne(*s)
	},
	"value":       mutateBody(isLeaf, func(p place) { p.object[p.key] = spoil(p.object[p.key]) }),
	"key missing": mutateBody(isAny, func(p place) { delete(p.object, p.key) }),
	"key renamed": mutateBody(isAny, func(p place) {
		p.object[p.key+"_"] = p.object[p.key]
		delete(p.object, p.key)
	}),
	"list longer": mutateBody(isList, func(p place) {
		list := p.object[p.key].([]any)
		p.object[p.key] = append(list, map[string]any{"another": nil})
	}),
	"order": func(s *Step, _ int) bool {
		picked, _ := s.Response.Picked.Value.([]any)
		if len(picked) < 2 || same(picked[0], picked[1]) {
			return false
		}
		picked = slices.Clone(picked)
		picked[0], picked[1] = picked[1], picked[0]
		s.Response.Picked.Value = picked
		return true
	},
	"message": func(s *Step, _ int) bool {
		text := "x"
		s.Response.Text = &text
		return s.Response.Message != "" && s.Response.Status != 500
	},
	"change missing": func(s *Step, _ int) bool {
		changed := len(s.Database) > 0
		s.Database = Changes{}
		return changed && !s.Response.crashed()
	},
	"change too many": func(s *Step, _ int) bool {
		looked := s.Database != nil
		s.Database = maps.Clone(s.Database)
		if looked {
			s.Database["images"] = append(slices.Clone(s.Database["images"]), map[string]any{"op": "delete"})
		}
		return looked
	},
}

func isCrashOfOne(s Step) bool {
	return len(s.Request.commands()) == 1 && firstIsCrash(s.Response.Body.Value)
}

func TestEveryMutationIsNoticed(t *testing.T) {
	cases, err := Load(func(*Case) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	noticed := map[string]int{}
	names := slices.Sorted(maps.Keys(mutations))
	for _, dialect := range []servers.Kind{servers.MySQL, servers.PostgreSQL} {
		g := newPhonograph(t, dialect)
		for seed, c := range cases {
			if len(c.Variants[dialect]) > 0 {
				continue // a variant may leave a choice
			}
			at := seed % len(c.Steps)
			for i, name := range names {
				steps := slices.Clone(c.Steps)
				// Some for each case are enough, and all for all take long.
				if (i+seed)%3 > 0 || !mutations[name](&steps[at], seed/3) {
					continue
				}
				if err := g.answerWith(t, c, steps); err == nil {
					t.Errorf("%s, %s, step %d: %s not noticed", dialect, c.ID, at, name)
				}
				noticed[name]++
			}
		}
	}
	t.Logf("noticed: %v", noticed)
	for _, name := range names {
		if noticed[name] == 0 {
			t.Errorf("%s: never applied", name)
		}
	}
}

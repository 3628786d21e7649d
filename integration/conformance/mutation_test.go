package conformance

import (
	"encoding/json"
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

// place is a value in a body: that under a key of some object in it.
type place struct {
	object map[string]any
	key    string
}

// mutateBody changes one of the body's values that are of the right kind.
func mutateBody(right func(any) bool, change func(place)) mutation {
	return func(s *Step, seed int) bool {
		if !s.Response.Body.Present {
			return false
		}
		body, err := parse([]byte(sortKey(s.Response.Body.Value)))
		if err != nil {
			panic(err)
		}
		found := places(body, right)
		if len(found) == 0 {
			return false
		}
		change(found[seed%len(found)])
		s.Response.Body.Value = body
		return true
	}
}

// places finds the values of a kind. It leaves out accidents of the original,
// whose text does not count.
func places(v any, right func(any) bool) []place {
	var found []place
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			found = append(found, places(x, right)...)
		}
	case map[string]any:
		if isRPCCrash(v) {
			return nil
		}
		for _, k := range slices.Sorted(maps.Keys(v)) {
			if right(v[k]) {
				found = append(found, place{v, k})
			}
			found = append(found, places(v[k], right)...)
		}
	}
	return found
}

func isAny(any) bool    { return true }
func isList(v any) bool { return class(v) == "list" }
func isLeaf(v any) bool { return !isList(v) && class(v) != "object" }

// spoil changes the type of a value but not what it says, or else its content.
func spoil(v any) any {
	switch v := v.(type) {
	case nil:
		return ""
	case bool:
		return json.Number(map[bool]string{false: "0", true: "1"}[v])
	case json.Number:
		if class(v) == "integer" {
			return v + ".0"
		}
		return string(v)
	default:
		return v.(string) + " "
	}
}

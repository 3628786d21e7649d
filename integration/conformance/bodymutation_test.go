package conformance

import (
	"encoding/json"
	"maps"
	"slices"
)

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

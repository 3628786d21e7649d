package publicreads

import (
	"encoding/json"
	"reflect"
	"slices"
)

// sameAnswer compares bodies without regard to the order of tags and keys, which
// differ between processes of glance-api.
func sameAnswer(a, b string) bool {
	if a == b {
		return true
	}
	var left, right any
	if json.Unmarshal([]byte(a), &left) != nil || json.Unmarshal([]byte(b), &right) != nil {
		return false
	}
	return reflect.DeepEqual(withSortedTags(left), withSortedTags(right))
}

func withSortedTags(v any) any {
	switch v := v.(type) {
	case []any:
		for n := range v {
			v[n] = withSortedTags(v[n])
		}
	case map[string]any:
		for name, value := range v {
			tags, isList := value.([]any)
			if name == "tags" && isList {
				slices.SortFunc(tags, func(a, b any) int { return compareText(a, b) })
				continue
			}
			v[name] = withSortedTags(value)
		}
	}
	return v
}

func compareText(a, b any) int {
	left, _ := a.(string)
	right, _ := b.(string)
	switch {
	case left < right:
		return -1
	case left > right:
		return 1
	}
	return 0
}

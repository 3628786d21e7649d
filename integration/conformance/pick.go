package conformance

import (
	"fmt"
	"strconv"
	"strings"
)

// pick gives the values at a path like /images/*/id, where * stands for every
// item of a list. A path that does not fit the value is an error.
func pick(v any, path string) ([]any, error) {
	found := []any{v}
	for _, part := range strings.Split(strings.Trim(path, "/"), "/") {
		var next []any
		for _, v := range found {
			switch v := v.(type) {
			case []any:
				i, err := strconv.Atoi(part)
				switch {
				case part == "*":
					next = append(next, v...)
				case err != nil || i < 0 || i >= len(v):
					return nil, fmt.Errorf("%s: no item %s", path, part)
				default:
					next = append(next, v[i])
				}
			case map[string]any:
				x, ok := v[part]
				if !ok {
					return nil, fmt.Errorf("%s: no key %s", path, part)
				}
				next = append(next, x)
			default:
				return nil, fmt.Errorf("%s: nothing below %s", path, short(v))
			}
		}
		found = next
	}
	return found, nil
}

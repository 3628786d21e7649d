package coerce

import "github.com/glancegate/glancegate/registry/records"

// SortDirection reads a direction; null is ascending.
func SortDirection(v any, known map[string]records.SortKey) (records.SortKey, bool) {
	if v == nil {
		return records.SortKey{}, true
	}
	text, _ := v.(string)
	direction, ok := known[text]
	return direction, ok
}

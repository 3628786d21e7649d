package coerce

import (
	"time"

	"github.com/glancegate/glancegate/registry/pyjson"
)

// StoredJSON is a JSON value as it stands in a column.
func StoredJSON(v any) string { return string(pyjson.Append(nil, timesAsText(v))) }

// timesAsText replaces the times in a value, at any depth, by texts: JSON has no
// times.
func timesAsText(v any) any {
	switch v := v.(type) {
	case time.Time:
		return v.Format("2006-01-02T15:04:05.000000")
	case []any:
		list := make([]any, len(v))
		for n, item := range v {
			list[n] = timesAsText(item)
		}
		return list
	case *pyjson.Object:
		o := pyjson.NewObject()
		for _, key := range v.Keys() {
			item, _ := v.Get(key)
			o.Set(key, timesAsText(item))
		}
		return o
	}
	return v
}

package properties

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/glancegate/glancegate/integration/registrytest"
)

// normal is an answer without what may differ: ids of rows, and the times of
// now, of which it is kept whether they are there.
func normal(a *registrytest.Answer) string {
	var body any
	d := json.NewDecoder(bytes.NewReader(a.Body))
	d.UseNumber()
	if d.Decode(&body) != nil {
		return fmt.Sprint(a.Status, " ", string(a.Body))
	}
	text, err := json.Marshal(normalValue("", body))
	return fmt.Sprint(a.Status, " ", string(text), err)
}

func normalValue(key string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, item := range v {
			v[k] = normalValue(k, item)
		}
	case []any:
		for n, item := range v {
			v[n] = normalValue("", item)
		}
		if key == "members" || key == "shared_images" {
			slices.SortFunc(v, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		}
	case json.Number:
		if key == "id" {
			return "row"
		}
	case string:
		if key == "updated_at" || key == "deleted_at" {
			return "time"
		}
	}
	return v
}

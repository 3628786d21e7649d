package records

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// WholeNumber is the integer that a JSON value stands for where it is compared
// with a column of integers, such as the id of a row. A fraction and a text that
// is no number are none: they are equal to nothing, whereas a value that is
// stored is rounded. 2.0 is 2, and true is 1.
func WholeNumber(v any) (n int64, ok bool) {
	var text string
	switch t := v.(type) {
	case int64:
		return t, true
	case bool:
		if t {
			return 1, true
		}
		return 0, true
	case json.Number:
		text = string(t)
	case string:
		text = strings.TrimSpace(t)
	default:
		return 0, false
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) >= 1<<53 || strings.ContainsAny(text, "xXpP_iI") {
		return 0, false
	}
	return int64(f), true
}

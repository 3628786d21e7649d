package conformance

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// captures are values taken from answers, for later requests of the same case.
type captures map[string]any

var (
	captureText  = regexp.MustCompile(`\{\{(\w+)\}\}`)
	captureValue = regexp.MustCompile(`"\{\{(\w+)\}\}"`)
)

// take keeps the first value at each path of a body. An answer without one keeps
// nothing, and the next request will show it.
func (c captures) take(body []byte, paths map[string]string) {
	for name, path := range paths {
		v, err := parse(body)
		if err != nil {
			continue
		}
		if found, err := pick(v, path); err == nil && len(found) > 0 {
			c[name] = found[0]
		}
	}
}

func (c captures) values() []any {
	values := make([]any, 0, len(c))
	for _, v := range c {
		values = append(values, v)
	}
	return values
}

// fillPath puts the values in place of {{name}}.
func (c captures) fillPath(path string) string {
	return captureText.ReplaceAllStringFunc(path, func(s string) string {
		v, ok := c[captureText.FindStringSubmatch(s)[1]]
		if !ok {
			return s
		}
		return plainText(v)
	})
}

// fillBody does so in a JSON text. A string that is just {{name}} becomes the
// value itself, so that a number stays one.
func (c captures) fillBody(body json.RawMessage) []byte {
	filled := captureValue.ReplaceAllFunc(body, func(s []byte) []byte {
		v, ok := c[string(captureValue.FindSubmatch(s)[1])]
		if !ok {
			return s
		}
		return []byte(sortKey(v))
	})
	return captureText.ReplaceAllFunc(filled, func(s []byte) []byte {
		v, ok := c[string(captureText.FindSubmatch(s)[1])]
		if !ok {
			return s
		}
		quoted := sortKey(plainText(v))
		return []byte(quoted[1 : len(quoted)-1])
	})
}

// plainText is a value inside a text.
func plainText(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return sortKey(v)
}

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

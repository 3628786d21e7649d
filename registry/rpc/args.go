package rpc

import (
	"encoding/json"
	"math"
	"strconv"
	"time"

	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry/internal/coerce"
	"github.com/glancegate/glancegate/registry/records"
)

func truthy(v any) bool { return pyjson.Truthy(v) }

// flag is an argument that Python tested for its truth.
func (c *call) flag(name string) bool { return truthy(c.arg(name)) }

// object is an argument that must be an object.
func (c *call) object(name string) (*pyjson.Object, error) {
	o, ok := c.arg(name).(*pyjson.Object)
	if !ok {
		return nil, attributeError("'" + pythonType(c.arg(name)) + "' object has no attribute 'copy'")
	}
	return o, nil
}

// id is an argument with the id of an image, of which the original took the
// length.
func (c *call) id(name string) (string, error) {
	switch v := c.arg(name).(type) {
	case bool, json.Number:
		if truthy(v) {
			return "", typeError("object of type '" + pythonType(v) + "' has no len()")
		}
	}
	return asID(c.arg(name))
}

// asID is a value that is looked up in a column with text. Null is not found
// under the name that Python prints.
func asID(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case nil:
		return "None", nil
	case json.Number:
		return pyjson.NumberText(v), nil
	case bool:
		if v {
			return "1", nil
		}
		return "0", nil
	}
	// No row has an id that is a list or an object.
	return string(pyjson.Append(nil, v)), nil
}

// parentID is an argument with the id of an image that gets a child.
func (c *call) parentID(name string) (string, error) {
	if c.arg(name) == nil {
		return "", records.Errorf(records.BadValue, "%s must not be null", name)
	}
	return asID(c.arg(name))
}

// optionalText is an argument that may be null.
func (c *call) optionalText(name string) (records.Null[string], error) {
	if c.arg(name) == nil {
		return records.Null[string]{}, nil
	}
	s, err := asID(c.arg(name))
	return records.NullOf(s), err
}

// limit is the argument of that name: a number, or digits; negative and null
// are no limit here, but that of the configuration, if there is one.
func (c *call) limit() (int, error) {
	n, err := c.wantedLimit()
	if c.maxPage > 0 && (n < 0 || n > c.maxPage) {
		n = c.maxPage
	}
	return n, err
}

func (c *call) wantedLimit() (int, error) {
	switch v := c.arg("limit").(type) {
	case nil:
		return -1, nil
	case json.Number, string, bool:
		n, err := coerce.ParseInteger("limit", v)
		if err != nil {
			return 0, err
		}
		if n < 0 || n == math.MaxInt64 {
			return 0, valueError("limit is out of range")
		}
		return int(min(n, 1<<31-1)), nil
	}
	return 0, typeError("limit must be an integer, not " + pythonType(c.arg("limit")))
}

// pythonType is what Python calls the type of a JSON value.
func pythonType(v any) string {
	switch v := v.(type) {
	case nil:
		return "NoneType"
	case bool:
		return "bool"
	case string:
		return "str"
	case []any:
		return "list"
	case json.Number:
		if pyjson.IsInt(v) {
			return "int"
		}
		return "float"
	case time.Time:
		return "datetime.datetime"
	}
	return "dict"
}

// decodeTimes replaces the objects that stand for a time, at any depth, by the
// time (registry-v2-rpc.md, 2.6).
func decodeTimes(v any) (any, error) {
	var err error
	switch v := v.(type) {
	case []any:
		for n := range v {
			if v[n], err = decodeTimes(v[n]); err != nil {
				return nil, err
			}
		}
	case *pyjson.Object:
		kind, hasType := v.Get("_type")
		value, hasValue := v.Get("_value")
		if hasType && hasValue {
			return decodeTagged(v, kind, value)
		}
		for _, key := range v.Keys() {
			item, _ := v.Get(key)
			if item, err = decodeTimes(item); err != nil {
				return nil, err
			}
			v.Set(key, item)
		}
	}
	return v, nil
}

func decodeTagged(whole *pyjson.Object, kind, value any) (any, error) {
	name, ok := kind.(string)
	if !ok {
		return nil, pyjson.ErrMalformed
	}
	if name != "datetime" {
		return whole, nil
	}
	text, _ := value.(string)
	t, ok := coerce.ParseISOTime(text)
	if !ok {
		return nil, pyjson.ErrMalformed
	}
	return t, nil
}

// iterate lists the items of a value as Python does: the characters of a text,
// the keys of an object.
func iterate(v any) ([]any, error) {
	var items []any
	switch v := v.(type) {
	case []any:
		return v, nil
	case string:
		if len(v) > coerce.MaxListText {
			return nil, typeError("a text of more than " + strconv.Itoa(coerce.MaxListText) + " bytes is no list")
		}
		for _, r := range v {
			items = append(items, string(r))
		}
		return items, nil
	case *pyjson.Object:
		for _, key := range v.Keys() {
			items = append(items, key)
		}
		return items, nil
	}
	return nil, typeError("'" + pythonType(v) + "' object is not iterable")
}

// textList is iterate where every item must be a text.
func textList(name string, v any) ([]string, error) {
	items, err := iterate(v)
	if err != nil {
		return nil, err
	}
	texts := make([]string, len(items))
	for n, item := range items {
		text, ok := item.(string)
		if !ok {
			return nil, typeError(name + " must be a list of texts")
		}
		texts[n] = text
	}
	return texts, nil
}

// checkFourByte refuses characters above U+FFFF anywhere in the arguments of
// commands that did so.
func (c *call) checkFourByte() error {
	o, _ := c.kwargs.(*pyjson.Object)
	return coerce.CheckFourByte(o)
}

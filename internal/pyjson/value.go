// Package pyjson reads and writes JSON as the old Python service did: objects
// keep the order of their keys, numbers keep their exact text, and what is
// written is ASCII with the separators of Python's json.dumps, so that text
// columns look the same whichever program wrote them (database-schema.md, 7).
package pyjson

import "encoding/json"

// A value is nil, bool, json.Number, string, []any or *Object.

// Object is a JSON object that remembers the order of its keys.
type Object struct {
	keys   []string
	values map[string]any
}

// NewObject makes an empty object.
func NewObject() *Object { return &Object{values: map[string]any{}} }

// Len is the number of keys. A nil object has none.
func (o *Object) Len() int {
	if o == nil {
		return 0
	}
	return len(o.keys)
}

// Keys lists the keys in order. The slice must not be changed.
func (o *Object) Keys() []string {
	if o == nil {
		return nil
	}
	return o.keys
}

// Get returns the value of a key and whether it is there: an absent key and a
// null are different things.
func (o *Object) Get(key string) (any, bool) {
	if o == nil {
		return nil, false
	}
	v, ok := o.values[key]
	return v, ok
}

// Set adds a key at the end or replaces its value in place.
func (o *Object) Set(key string, value any) {
	if _, ok := o.values[key]; !ok {
		o.keys = append(o.keys, key)
	}
	o.values[key] = value
}

// Delete removes a key, if it is there.
func (o *Object) Delete(key string) {
	if _, ok := o.values[key]; !ok {
		return
	}
	delete(o.values, key)
	for i, k := range o.keys {
		if k == key {
			o.keys = append(o.keys[:i], o.keys[i+1:]...)
			return
		}
	}
}

// Clone copies the object, not the values in it.
func (o *Object) Clone() *Object {
	c := NewObject()
	for _, k := range o.Keys() {
		c.Set(k, o.values[k])
	}
	return c
}

// Truthy is Python's idea of truth: null, false, zero and everything empty are
// false, any other text ("False" too) is true.
func Truthy(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case string:
		return v != ""
	case []any:
		return len(v) > 0
	case *Object:
		return v.Len() > 0
	case json.Number:
		f, err := v.Float64()
		return err != nil || f != 0
	}
	return true
}

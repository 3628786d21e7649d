// Package pyjson reads and writes JSON as the old Python service did: objects
// keep the order of their keys, numbers keep their exact text, and what is
// written is ASCII with the separators of Python's json.dumps, so that text
// columns look the same whichever program wrote them (database-schema.md, 7).
package pyjson

import (
	"encoding/json"
	"slices"
)

// A value is nil, bool, json.Number, string, []any or *Object.

// Object is a JSON object that remembers the order of its keys.
type Object struct {
	keys   []string
	values []any
	index  map[string]int // of the keys, if they are many

	room struct { // for the keys and values of small objects
		keys   [fewKeys]string
		values [fewKeys]any
	}
}

// Small objects have no memory of their own for keys and values; those of up to manyKeys
// are searched key by key, which is quicker than a map.
const (
	fewKeys  = 4
	manyKeys = 16
)

// NewObject makes an empty object.
func NewObject() *Object {
	o := new(Object)
	o.Reset()
	return o
}

// Reset makes o an empty object, for one that is part of something else. It must not be
// copied afterwards.
func (o *Object) Reset() {
	*o = Object{}
	o.keys, o.values = o.room.keys[:0], o.room.values[:0]
}

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
	if n := o.find(key); n >= 0 {
		return o.values[n], true
	}
	return nil, false
}

// find is the place of a key, or -1.
func (o *Object) find(key string) int {
	switch {
	case o == nil:
		return -1
	case o.index != nil:
		if n, ok := o.index[key]; ok {
			return n
		}
		return -1
	}
	return slices.Index(o.keys, key)
}

// Set adds a key at the end or replaces its value in place.
func (o *Object) Set(key string, value any) {
	if n := o.find(key); n >= 0 {
		o.values[n] = value
		return
	}
	o.keys, o.values = append(o.keys, key), append(o.values, value)
	switch {
	case o.index != nil:
		o.index[key] = len(o.keys) - 1
	case len(o.keys) > manyKeys:
		o.reindex()
	}
}

func (o *Object) reindex() {
	o.index = make(map[string]int, len(o.keys))
	for n, key := range o.keys {
		o.index[key] = n
	}
}

// Delete removes a key, if it is there.
func (o *Object) Delete(key string) {
	n := o.find(key)
	if n < 0 {
		return
	}
	o.keys, o.values = slices.Delete(o.keys, n, n+1), slices.Delete(o.values, n, n+1)
	if o.index != nil {
		o.reindex()
	}
}

// Clone copies the object, not the values in it.
func (o *Object) Clone() *Object {
	c := NewObject()
	for n, k := range o.Keys() {
		c.Set(k, o.values[n])
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

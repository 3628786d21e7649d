package conformance

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
)

// A value is what encoding/json makes of a text, with numbers as json.Number.

// parse reads one JSON text. Unlike json.Unmarshal it keeps the way a number is
// written.
func parse(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one JSON value")
	}
	return v, nil
}

// class is the JSON type of a value. Whole numbers and those with a point or an
// exponent are different types, because clients in Python see them so.
func class(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case json.Number:
		if strings.ContainsAny(string(v), ".eE") {
			return "float"
		}
		return "integer"
	case string:
		return "text"
	case []any:
		return "list"
	default:
		return "object"
	}
}

// same reports whether two values agree in type and content.
func same(a, b any) bool {
	if class(a) != class(b) {
		return false
	}
	switch a := a.(type) {
	case map[string]any:
		b := b.(map[string]any)
		if len(a) != len(b) {
			return false
		}
		for k := range a {
			if v, ok := b[k]; !ok || !same(a[k], v) {
				return false
			}
		}
		return true
	case []any:
		b := b.([]any)
		if len(a) != len(b) {
			return false
		}
		for i := range a {
			if !same(a[i], b[i]) {
				return false
			}
		}
		return true
	case json.Number:
		return a == b || class(a) == "float" && float(a) == float(b.(json.Number))
	default:
		return a == b
	}
}

// float is the number nearest to n; one out of range is infinite.
func float(n json.Number) float64 {
	f, _ := strconv.ParseFloat(string(n), 64)
	return f
}

// sortKey orders values of any type: their JSON text, keys sorted.
func sortKey(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // for the eye: the text is also shown
	if err := e.Encode(v); err != nil {
		panic(err) // parse makes only what Encode takes
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// short is a value for people to read.
func short(v any) string {
	const limit = 300
	text := []rune(sortKey(v))
	if len(text) > limit {
		return string(text[:limit]) + "…"
	}
	return string(text)
}

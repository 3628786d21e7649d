package pyjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"
)

// ErrMalformed says that a text is no JSON in valid UTF-8. A byte order mark,
// trailing text and half a surrogate pair are malformed, too.
var ErrMalformed = errors.New("malformed JSON")

// ErrTooDeep says that arrays and objects are nested deeper than allowed.
var ErrTooDeep = errors.New("JSON nested too deep")

// Decode reads one JSON value. Of a repeated key the last value counts. maxDepth
// bounds the nesting of arrays and objects.
func Decode(text []byte, maxDepth int) (any, error) {
	if v, ok := decodePlain(text, maxDepth); ok {
		return v, nil
	}
	return decodeAny(text, maxDepth)
}

// decodeAny is Decode for all texts.
func decodeAny(text []byte, maxDepth int) (any, error) {
	if !utf8.Valid(text) || loneSurrogate(text) {
		return nil, ErrMalformed
	}
	v, err := decode(text, maxDepth)
	if err == ErrMalformed && bytes.ContainsAny(text, "NI") {
		return decode(withoutConstants(text), maxDepth)
	}
	return v, err
}

func decode(text []byte, maxDepth int) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	v, err := decodeValue(d, maxDepth)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, ErrMalformed
	}
	return v, nil
}

func decodeValue(d *json.Decoder, depth int) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, ErrMalformed
	}
	delim, ok := t.(json.Delim)
	if !ok {
		if t == nanLiteral {
			return NaN, nil
		}
		return t, nil
	}
	if depth == 0 {
		return nil, ErrTooDeep
	}
	switch delim {
	case '[':
		return decodeArray(d, depth-1)
	case '{':
		return decodeObject(d, depth-1)
	}
	return nil, ErrMalformed
}

func decodeArray(d *json.Decoder, depth int) ([]any, error) {
	list := []any{}
	for d.More() {
		v, err := decodeValue(d, depth)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, closing(d)
}

func decodeObject(d *json.Decoder, depth int) (*Object, error) {
	o := NewObject()
	for d.More() {
		t, err := d.Token()
		key, ok := t.(string)
		if err != nil || !ok {
			return nil, ErrMalformed
		}
		v, err := decodeValue(d, depth)
		if err != nil {
			return nil, err
		}
		o.Set(key, v)
	}
	return o, closing(d)
}

// closing reads the bracket that ends an array or object.
func closing(d *json.Decoder) error {
	if _, err := d.Token(); err != nil {
		return ErrMalformed
	}
	return nil
}

// loneSurrogate reports whether the text has an escape of half a surrogate
// pair. encoding/json would silently replace it, so that something else were
// stored than what was sent.
func loneSurrogate(text []byte) bool {
	for i := 0; ; {
		n := bytes.IndexByte(text[i:], '\\')
		if n < 0 {
			return false
		}
		i += n
		hi, ok := escapedUnit(text[i:])
		switch {
		case !ok:
			i += 2
			if i > len(text) {
				return false
			}
			continue
		case hi >= 0xdc00 && hi <= 0xdfff:
			return true
		case hi >= 0xd800 && hi <= 0xdbff:
			lo, ok := escapedUnit(text[i+6:])
			if !ok || lo < 0xdc00 || lo > 0xdfff {
				return true
			}
			i += 12
		default:
			i += 6
		}
	}
}

// escapedUnit reads an escape of the form \uXXXX at the start of a text.
func escapedUnit(text []byte) (rune, bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range text[2:6] {
		r <<= 4
		switch {
		case c >= '0' && c <= '9':
			r |= rune(c - '0')
		case c >= 'a' && c <= 'f':
			r |= rune(c-'a') + 10
		case c >= 'A' && c <= 'F':
			r |= rune(c-'A') + 10
		default:
			return 0, false
		}
	}
	return r, true
}

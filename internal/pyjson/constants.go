package pyjson

import (
	"bytes"
	"encoding/json"
)

// NaN is the number that is none, which Python reads and writes. Infinity needs
// no constant: it is a number that no float can hold.
const NaN = json.Number("NaN")

// nanLiteral stands for NaN while encoding/json reads a text. It is never written.
const nanLiteral = json.Number("-0e-909090909")

// withoutConstants replaces the constants of Python's dialect, where they are
// not inside of a string, by numbers that mean the same.
func withoutConstants(text []byte) []byte {
	var out []byte
	inString := false
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case inString && c == '\\' && i+1 < len(text):
			out = append(out, c, text[i+1])
			i += 2
			continue
		case c == '"':
			inString = !inString
		case inString:
		case bytes.HasPrefix(text[i:], []byte("NaN")):
			out = append(out, nanLiteral...)
			i += len("NaN")
			continue
		case bytes.HasPrefix(text[i:], []byte("Infinity")):
			out = append(out, "1e999"...)
			i += len("Infinity")
			continue
		}
		out = append(out, text[i])
		i++
	}
	return out
}

// Valid reports whether a text is JSON, also in Python's dialect.
func Valid(text string) bool {
	if json.Valid([]byte(text)) {
		return true
	}
	_, err := Decode([]byte(text), 1000)
	return err == nil
}

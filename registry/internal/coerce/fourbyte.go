package coerce

import (
	"unicode"

	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry/records"
)

// CheckFourByte refuses characters above U+FFFF, which the utf8 tables of
// MySQL cannot hold: in texts that are values of keys, and in the keys of
// objects nested in objects (registry-v2-rpc.md, 5.3a).
func CheckFourByte(o *pyjson.Object) error {
	for _, key := range o.Keys() {
		v, _ := o.Get(key)
		if nested, ok := v.(*pyjson.Object); ok {
			if err := CheckFourByte(nested); err != nil {
				return err
			}
			continue
		}
		if hasFourByte(key) {
			return records.Errorf(records.Invalid, "Property names can't contain 4 byte unicode.")
		}
		if text, ok := v.(string); ok {
			if err := CheckFourByteText(key, text); err != nil {
				return err
			}
		}
	}
	return nil
}

// CheckFourByteParam refuses characters above U+FFFF in an id or a tag.
func CheckFourByteParam(text string) error {
	if hasFourByte(text) {
		return records.Errorf(records.Invalid, "Param values can't contain 4 byte unicode.")
	}
	return nil
}

// CheckFourByteText refuses characters above U+FFFF in one text.
func CheckFourByteText(key, text string) error {
	if hasFourByte(text) {
		return records.Errorf(records.Invalid, "%s can't contain 4 byte unicode characters.", titleCase(key))
	}
	return nil
}

func hasFourByte(s string) bool {
	for _, r := range s {
		if r > 0xffff {
			return true
		}
	}
	return false
}

// titleCase makes the first letter of every run of letters upper case and the
// others lower case, as Python's str.title.
func titleCase(s string) string {
	out := make([]rune, 0, len(s))
	inWord := false
	for _, r := range s {
		switch letter := unicode.IsLetter(r); {
		case letter && !inWord:
			out = append(out, unicode.ToTitle(r))
			inWord = true
		case letter:
			out = append(out, unicode.ToLower(r))
		default:
			out = append(out, r)
			inWord = false
		}
	}
	return string(out)
}

package pyjson

import "encoding/json"

// maxPlain bounds the texts of which Plain is made: their strings share the memory of the
// whole text.
const maxPlain = 4 << 10

// Plain reads a text that has none of JSON's rarer forms: no escapes, no characters
// outside ASCII, no numbers but integers. Most requests are such texts, and encoding/json
// takes many times longer for them. Its methods return false where the text is not plain,
// or no JSON; Decode then decides.
type Plain struct {
	text string
	at   int
}

// NewPlain returns a reader of a text; false if the text is too long.
func NewPlain(text []byte) (Plain, bool) {
	if len(text) > maxPlain {
		return Plain{}, false
	}
	return Plain{text: string(text)}, true
}

// decodePlain is Decode for plain texts.
func decodePlain(text []byte, maxDepth int) (any, bool) {
	p, ok := NewPlain(text)
	if !ok {
		return nil, false
	}
	v, ok := p.Value(maxDepth)
	return v, ok && p.End()
}

// End reports whether nothing follows.
func (p *Plain) End() bool {
	p.space()
	return p.at == len(p.text)
}

// Take skips a sign of JSON's syntax.
func (p *Plain) Take(sign byte) bool {
	p.space()
	if p.at < len(p.text) && p.text[p.at] == sign {
		p.at++
		return true
	}
	return false
}

func (p *Plain) space() {
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return
		}
	}
}

// String reads a string.
func (p *Plain) String() (string, bool) {
	if !p.Take('"') {
		return "", false
	}
	start := p.at
	for ; p.at < len(p.text); p.at++ {
		switch c := p.text[p.at]; {
		case c == '"':
			p.at++
			return p.text[start : p.at-1], true
		case c < ' ' || c == '\\' || c > '~':
			return "", false
		}
	}
	return "", false
}

// Value reads any value, with arrays and objects nested to maxDepth.
func (p *Plain) Value(maxDepth int) (any, bool) {
	p.space()
	if p.at == len(p.text) {
		return nil, false
	}
	switch c := p.text[p.at]; {
	case c == '"':
		return boxed(p.String())
	case c == '{':
		o := NewObject()
		return o, maxDepth > 0 && p.Members(o, maxDepth-1)
	case c == '[':
		return p.array(maxDepth)
	case c == 't':
		return true, p.word("true")
	case c == 'f':
		return false, p.word("false")
	case c == 'n':
		return nil, p.word("null")
	}
	return p.integer()
}

// boxed makes a value of a string, or none.
func boxed(s string, ok bool) (any, bool) {
	if !ok {
		return nil, false
	}
	return s, true
}

// Members reads an object into an empty one.
func (p *Plain) Members(o *Object, maxDepth int) bool {
	if !p.Take('{') {
		return false
	}
	if p.Take('}') {
		return true
	}
	for {
		key, ok := p.String()
		if !ok || !p.Take(':') {
			return false
		}
		v, ok := p.Value(maxDepth)
		if !ok {
			return false
		}
		o.Set(key, v)
		if !p.Take(',') {
			return p.Take('}')
		}
	}
}

func (p *Plain) array(maxDepth int) (any, bool) {
	p.at++
	if maxDepth == 0 {
		return nil, false
	}
	list := []any{}
	if p.Take(']') {
		return list, true
	}
	for {
		v, ok := p.Value(maxDepth - 1)
		if !ok {
			return nil, false
		}
		list = append(list, v)
		if !p.Take(',') {
			return list, p.Take(']')
		}
	}
}

func (p *Plain) word(word string) bool {
	if len(p.text)-p.at < len(word) || p.text[p.at:p.at+len(word)] != word {
		return false
	}
	p.at += len(word)
	return p.delimited()
}

// integer reads a number without fraction and exponent.
func (p *Plain) integer() (any, bool) {
	start := p.at
	if p.text[p.at] == '-' {
		p.at++
	}
	digits := p.at
	for p.at < len(p.text) && '0' <= p.text[p.at] && p.text[p.at] <= '9' {
		p.at++
	}
	if p.at == digits || p.text[digits] == '0' && p.at > digits+1 || !p.delimited() {
		return nil, false
	}
	return json.Number(p.text[start:p.at]), true
}

// delimited reports whether a word or number ends here.
func (p *Plain) delimited() bool {
	if p.at == len(p.text) {
		return true
	}
	switch p.text[p.at] {
	case ' ', '\t', '\n', '\r', ',', ']', '}':
		return true
	}
	return false
}

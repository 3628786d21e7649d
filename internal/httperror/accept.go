package httperror

import "strings"

// negotiate picks the format for an Accept field (registry-v1.md, 8.1). The
// old service, and so this one, takes HTML on a tie and for a field that breaks
// the grammar, and plain text when neither HTML nor JSON is acceptable.
func negotiate(accept string) format {
	ranges, ok := parseAccept(accept)
	if !ok {
		return html
	}
	htmlQuality := quality(ranges, "text", "html")
	jsonQuality := quality(ranges, "application", "json")
	switch {
	case htmlQuality > 0 && htmlQuality >= jsonQuality:
		return html
	case jsonQuality > 0:
		return json
	}
	return plain
}

// mediaRange is one element of an Accept field.
type mediaRange struct {
	mainType, subtype string // lower case
	parameters        bool   // whether it has media type parameters
	quality           int    // in thousandths
}

// quality is the weight of a media type without parameters: that of the most
// specific range that covers it, and of the first one among equals.
func quality(ranges []mediaRange, mainType, subtype string) int {
	best, specificity := 0, 0
	for _, r := range ranges {
		s := 0
		switch {
		case r.mainType == mainType && r.subtype == subtype && !r.parameters:
			s = 3
		case r.mainType == mainType && r.subtype == "*":
			s = 2
		case r.mainType == "*" && r.subtype == "*":
			s = 1
		}
		if s > specificity {
			best, specificity = r.quality, s
		}
	}
	return best
}

// parseAccept reads an Accept field by the grammar of RFC 7231, 5.3.2, with the
// list rule of RFC 7230, 7: after the first comma elements may be missing.
func parseAccept(field string) (ranges []mediaRange, ok bool) {
	p := scanner{field}
	if p.rest == "" {
		return nil, true
	}
	if !p.take(',') {
		r, ok := p.mediaRange()
		if !ok {
			return nil, false
		}
		ranges = append(ranges, r)
	}
	for p.rest != "" {
		p.blanks()
		if !p.take(',') {
			return nil, false
		}
		p.blanks()
		if p.rest == "" || p.rest[0] == ',' {
			continue
		}
		r, ok := p.mediaRange()
		if !ok {
			return nil, false
		}
		ranges = append(ranges, r)
	}
	return ranges, true
}

// scanner consumes an Accept field from the left. A method that fails may have
// consumed something.
type scanner struct{ rest string }

func (p *scanner) take(c byte) bool {
	if p.rest == "" || p.rest[0] != c {
		return false
	}
	p.rest = p.rest[1:]
	return true
}

func (p *scanner) blanks() { p.rest = strings.TrimLeft(p.rest, " \t") }

// mediaRange reads type "/" subtype, media type parameters, and after a weight
// any extensions.
func (p *scanner) mediaRange() (mediaRange, bool) {
	r := mediaRange{quality: 1000}
	mainType := p.token()
	if mainType == "" || !p.take('/') {
		return r, false
	}
	subtype := p.token()
	if subtype == "" {
		return r, false
	}
	r.mainType, r.subtype = strings.ToLower(mainType), strings.ToLower(subtype)

	weighted := false
	for p.semicolon() {
		name := p.token()
		switch {
		case name == "":
			return r, false
		case strings.EqualFold(name, "q") && !weighted && p.take('='):
			if r.quality, weighted = p.weight(); !weighted {
				return r, false
			}
		case p.take('='):
			if !p.value() {
				return r, false
			}
			r.parameters = r.parameters || !weighted
		case !weighted:
			return r, false // only an extension may lack a value
		}
	}
	return r, true
}

// semicolon consumes a semicolon and the blanks around it, or nothing.
func (p *scanner) semicolon() bool {
	before := p.rest
	p.blanks()
	if !p.take(';') {
		p.rest = before
		return false
	}
	p.blanks()
	return true
}

func (p *scanner) token() string {
	n := 0
	for n < len(p.rest) && isTokenChar(p.rest[n]) {
		n++
	}
	token := p.rest[:n]
	p.rest = p.rest[n:]
	return token
}

func isTokenChar(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}

// value reads a token or a quoted text.
func (p *scanner) value() bool {
	if !p.take('"') {
		return p.token() != ""
	}
	for p.rest != "" {
		c := p.rest[0]
		p.rest = p.rest[1:]
		if c == '"' {
			return true
		}
		if c == '\\' {
			if p.rest == "" {
				return false
			}
			c = p.rest[0]
			p.rest = p.rest[1:]
		}
		if c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return false
}

// weight reads a number from 0 to 1 with at most three decimals, in thousandths.
func (p *scanner) weight() (thousandths int, ok bool) {
	whole := p.rest
	if !p.take('0') && !p.take('1') {
		return 0, false
	}
	thousandths = int(whole[0]-'0') * 1000
	if !p.take('.') {
		return thousandths, true
	}
	for place := 100; place > 0 && p.rest != "" && '0' <= p.rest[0] && p.rest[0] <= '9'; place /= 10 {
		thousandths += int(p.rest[0]-'0') * place
		p.rest = p.rest[1:]
	}
	return thousandths, thousandths <= 1000
}

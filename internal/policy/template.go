package policy

import (
	"errors"
	"strings"
)

// template is a text with fields of the target, written %(name)s. Texts and fields take
// turns, a text first and last.
type template []string

// parseTemplate reads a text as Python's operator % does.
func parseTemplate(text string) (template, error) {
	var parts template
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, "%")
		b.WriteString(before)
		if !found {
			return append(parts, b.String()), nil
		}
		if rest, ok := strings.CutPrefix(after, "%"); ok {
			b.WriteByte('%')
			text = rest
			continue
		}
		name, rest, ok := strings.Cut(after, ")s")
		if !ok || !strings.HasPrefix(name, "(") || strings.ContainsAny(name[1:], "()%") {
			return nil, errors.New("behind a % must stand a name in parentheses and an s")
		}
		parts = append(parts, b.String(), name[1:])
		b.Reset()
		text = rest
	}
}

// targeted reports whether the template has fields.
func (p template) targeted() bool { return len(p) > 1 }

// fill puts the fields of a target into the text. With a field that the target does not
// have, the text matches nothing.
func (p template) fill(t Target) (text string, known bool) {
	if !p.targeted() {
		return p[0], true
	}
	if t == nil {
		return "", false
	}
	var b strings.Builder
	for n, part := range p {
		if n%2 == 1 {
			if part, known = t(part); !known {
				return "", false
			}
		}
		b.WriteString(part)
	}
	return b.String(), true
}

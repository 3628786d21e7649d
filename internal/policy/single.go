package policy

import (
	"fmt"
	"strings"
)

// single reads a check that consists of one word.
func (c *compiler) single(word string, depth int) (check, error) {
	switch word {
	case "@":
		return constant(true), nil
	case "!":
		return constant(false), nil
	}
	kind, match, found := strings.Cut(word, ":")
	if !found {
		return nil, notUnderstood(word)
	}
	switch kind {
	case "rule":
		return c.rule(match, depth+1)
	case "http", "https":
		return nil, fmt.Errorf("%q would ask another server, which is not supported", word)
	case "roles":
		return nil, fmt.Errorf("%q is not understood; write role:%s", word, match)
	}
	value, err := parseTemplate(match)
	if err != nil {
		return nil, fmt.Errorf("%q is not understood: %w", word, err)
	}
	if value.targeted() {
		note(&c.targeted, word)
	}
	if kind == "role" {
		if !value.targeted() {
			value[0] = lower(value[0])
		}
		return role{value}, nil
	}
	if text, ok := literalText(kind); ok {
		return literal{text, value}, nil
	}
	return c.compare(word, kind, match, value)
}

// compare reads a check of a credential.
func (c *compiler) compare(word, kind, match string, value template) (check, error) {
	if kind == "is_admin" {
		// The rule decides that.
		c.warn(word + " never matches in this rule")
		return constant(false), nil
	}
	key, ok := keys[kind]
	if !ok {
		return nil, notUnderstood(word)
	}
	if !key.in(c.release) {
		warning := word + " never matches in this release"
		if key.instead != "" {
			warning += "; write " + key.instead + ":" + match
		}
		c.warn(warning)
		return constant(false), nil
	}
	return comparison{key.of, value}, nil
}

func notUnderstood(word string) error {
	return fmt.Errorf("%q is not understood; there are role:, rule:, is_admin:, and one of %s", word, keyNames())
}

// literalText is the text of a Python constant in the place of a credential.
func literalText(kind string) (text string, ok bool) {
	switch kind {
	case "True", "False", none:
		return kind, true
	}
	if n := len(kind); n >= 2 && (kind[0] == '\'' || kind[0] == '"') && kind[n-1] == kind[0] {
		text = kind[1 : n-1]
		return text, !strings.ContainsAny(text, `\'"`)
	}
	return "", false
}

// lower changes ASCII letters only, as is done with the roles of a caller.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

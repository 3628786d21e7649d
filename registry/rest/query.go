package rest

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/glancegate/glancegate/internal/httperror"
)

// parameter is a name and value of a query string.
type parameter struct{ name, value string }

// Query is a query string as the registry reads it: its names and values, of a
// repeated name the last value. An error is a page.
func Query(raw string) (func(yield func(name, value string) bool), error) {
	list, err := parseQuery(raw)
	return func(yield func(name, value string) bool) {
		for _, p := range list {
			if !yield(p.name, p.value) {
				return
			}
		}
	}, err
}

// parseQuery reads a query string as the old service did: a semicolon separates
// as an ampersand does, of a repeated name the last value counts, and an escape
// that is none stays as it is.
func parseQuery(raw string) ([]parameter, error) {
	var list []parameter
	for raw != "" {
		var pair string
		pair, raw = cutPair(raw)
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		p := parameter{unescape(name), unescape(value)}
		if !utf8.ValidString(p.name) || !utf8.ValidString(p.value) {
			return nil, undecodable()
		}
		list = setParameter(list, p)
	}
	return list, nil
}

func cutPair(raw string) (pair, rest string) {
	n := strings.IndexAny(raw, "&;")
	if n < 0 {
		return raw, ""
	}
	return raw[:n], raw[n+1:]
}

func setParameter(list []parameter, p parameter) []parameter {
	for n := range list {
		if list[n].name == p.name {
			list[n].value = p.value
			return list
		}
	}
	return append(list, p)
}

// undecodable is the error for paths and queries that are no UTF-8.
func undecodable() error {
	return httperror.BadRequestExplained("Error decoding your request. Either the URL or the request body " +
		"contained characters that could not be decoded by Glance")
}

func unescape(s string) string {
	if !strings.ContainsAny(s, "%+") {
		return s
	}
	if text, err := url.QueryUnescape(s); err == nil {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if text, err := url.QueryUnescape(s[i : i+3]); err == nil {
				b.WriteString(text)
				i += 2
				continue
			}
		}
		if s[i] == '+' {
			b.WriteByte(' ')
		} else {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// uuidLike takes 32 hexadecimal digits in any of the spellings that Python's
// uuid module reads.
func uuidLike(text string) bool {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "urn:", ""), "uuid:", "")
	text = strings.ReplaceAll(strings.Trim(text, "{}"), "-", "")
	if len(text) != 32 {
		return false
	}
	return strings.Trim(text, "0123456789abcdefABCDEF") == ""
}

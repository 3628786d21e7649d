package conformance

import (
	"strings"
	"unicode/utf8"
)

// keptHeaders are the headers of an answer that the record keeps.
var keptHeaders = []string{"content-type", "allow", "location", "x-openstack-request-id", "www-authenticate"}

// response brings an answer into the form of the record.
func (n normalizer) response(step Step, a *answer) Response {
	out := Response{Status: a.status, Headers: map[string]string{}}
	for _, name := range keptHeaders {
		if values := a.header.Values(name); len(values) > 0 {
			out.Headers[name] = n.text(values[0])
		}
	}
	if !utf8.Valid(a.body) {
		return out // nothing in the record agrees with it
	}
	contentType := strings.ToLower(a.header.Get("Content-Type"))
	text := string(a.body)
	if a.status < 300 && strings.Contains(contentType, "json") {
		v, err := parse(a.body)
		if err != nil {
			out.Text = &text
			return out
		}
		body := n.body(step.Request, n.schema.answer(step.Request, v))
		if step.Pick != "" {
			if picked, err := pick(body, step.Pick); err == nil {
				out.Picked = Optional{true, picked}
				return out
			}
		}
		out.Body = Optional{true, body}
		return out
	}
	normal := n.text(text)
	out.Text = &normal
	if a.status >= 400 {
		out.Message = n.message(contentType, text)
	}
	return out
}

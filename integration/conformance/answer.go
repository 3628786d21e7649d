package conformance

import (
	"html"
	"regexp"
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

// stockSentences are what the web framework itself puts into an error page.
// They are never read, so a message has none.
var stockSentences = []string{
	"The resource could not be found.",
	"The server could not comply with the request since it is either malformed or otherwise incorrect.",
	"Access was denied to this resource.",
	"This server could not verify that you are authorized to access the document you requested. " +
		"Either you supplied the wrong credentials (e.g., bad password), or your browser does not " +
		"understand how to supply the credentials required.",
	"The server has either erred or is incapable of performing the requested operation.",
	"There was a conflict when trying to complete your request.",
	"The server does not support the functionality required to fulfill the request.",
}

var (
	titleLine   = regexp.MustCompile(`^\d{3} [A-Za-z -]+\n\n`)
	headElement = regexp.MustCompile(`(?is)<head>.*?</head>`)
	h1Element   = regexp.MustCompile(`(?is)<h1>.*?</h1>`)
	pageTag     = regexp.MustCompile(`<(/?(html|body|br|p|div|hr|h\d|pre|b|i)\b[^>]*)>`)
	anyTag      = regexp.MustCompile(`<[^>]*>`)
)

// message is the part of an error's text that means something, in the normal
// form, white space collapsed. Often there is none.
func (n normalizer) message(contentType, text string) string {
	words := n.text(visibleText(contentType, text))
	for _, s := range stockSentences {
		if rest, found := strings.CutPrefix(words, s); found {
			words = strings.TrimSpace(rest)
		}
	}
	return words
}

// visibleText is an error's text without markup and title.
func visibleText(contentType, text string) string {
	switch {
	case strings.Contains(contentType, "json"):
		v, err := parse([]byte(text))
		object, _ := v.(map[string]any)
		message, found := object["message"]
		if err != nil || !found {
			return collapse(text)
		}
		text, _ = message.(string)
		return plain(anyTag.ReplaceAllString(text, " "))
	case strings.Contains(contentType, "html"):
		text = headElement.ReplaceAllString(text, " ")
		text = h1Element.ReplaceAllString(text, " ")
		return plain(pageTag.ReplaceAllString(text, " "))
	default:
		return plain(titleLine.ReplaceAllString(text, ""))
	}
}

func plain(text string) string    { return collapse(html.UnescapeString(text)) }
func collapse(text string) string { return strings.Join(strings.Fields(text), " ") }

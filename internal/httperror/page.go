package httperror

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/glancegate/glancegate/internal/pyjson"
)

// format is one of the forms that a page comes in.
type format int

const (
	plain format = iota
	html
	json
)

// contentType is the media type of a format (registry-v1.md, 8.1).
func (f format) contentType() string {
	switch f {
	case html:
		return "text/html; charset=UTF-8"
	case json:
		return "application/json"
	}
	return "text/plain; charset=UTF-8"
}

// page is the body of the answer (registry-v1.md, 8.2).
func (e *Error) page(f format) []byte {
	status := status(e.Status)
	switch f {
	case html:
		return []byte("<html>\n <head>\n  <title>" + status + "</title>\n </head>\n <body>\n  <h1>" + status +
			"</h1>\n  " + e.body(escapeHTML) + "\n </body>\n</html>")
	case json:
		page := append([]byte(nil), `{"message": `...)
		page = pyjson.AppendString(page, e.body(verbatim))
		page = append(page, `, "code": `...)
		page = pyjson.AppendString(page, status)
		page = append(page, `, "title": `...)
		page = pyjson.AppendString(page, http.StatusText(e.Status))
		return append(page, '}')
	}
	return []byte(status + "\n\n" + stripTags(e.body(verbatim)))
}

// body is the part between the headings, as HTML; escape is applied to the
// texts in it, not to the markup around them.
func (e *Error) body(escape func(string) string) string {
	const newParagraph = "<br /><br />\n"
	if e.method != "" {
		method := escape(e.method)
		if e.Status == http.StatusMethodNotAllowed {
			return "The method " + method + " is not allowed for this resource. " + newParagraph
		}
		return "\nThe request method " + method + " is not implemented for this server. " + newParagraph
	}
	text := e.Explanation
	if text == "" {
		text = explanation(e.Status)
	}
	return escape(text) + newParagraph + escape(e.Detail) + "\n\n"
}

func verbatim(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// escapeHTML leaves nothing but ASCII, and no character with a meaning in HTML.
func escapeHTML(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch r {
		case '&':
			b.WriteString("&amp;")
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '"':
			b.WriteString("&quot;")
		case '\'':
			b.WriteString("&#x27;")
		default:
			if r < utf8.RuneSelf {
				b.WriteByte(byte(r))
			} else {
				b.WriteString("&#" + strconv.Itoa(int(r)) + ";")
			}
		}
	}
	return b.String()
}

var (
	lineBreak   = regexp.MustCompile(`(?is)<br.*?>`)
	commentMark = regexp.MustCompile(`<!--|-->`)
	tag         = regexp.MustCompile(`(?s)<.*?>`)
	lineEnd     = strings.NewReplacer("\n", " ", "\r", "")
)

// stripTags makes plain text of a body. It works on the body as a whole, so a
// lone < in the explanation reaches as far as the next > of the detail.
func stripTags(body string) string {
	body = lineEnd.Replace(body)
	body = lineBreak.ReplaceAllString(body, "\n")
	body = commentMark.ReplaceAllString(body, "")
	return tag.ReplaceAllString(body, "")
}

package httperror

import (
	stdjson "encoding/json"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/glancegate/glancegate/integration/kit"
)

const (
	notFoundHTML = "<html>\n <head>\n  <title>404 Not Found</title>\n </head>\n <body>\n  <h1>404 Not Found</h1>\n" +
		"  The resource could not be found.<br /><br />\n\n\n\n </body>\n</html>"
	malformed = "The server could not comply with the request since it is either malformed or otherwise incorrect."
)

// The pages are those of a real registry, where registry-v1.md, 8 does not
// quote them.
func TestPage(t *testing.T) {
	tests := []struct {
		name              string
		err               *Error
		plain, json, html string
	}{
		{
			name:  "standard explanation",
			err:   NotFound(""),
			plain: "404 Not Found\n\nThe resource could not be found.\n\n   ",
			json:  `{"message": "The resource could not be found.<br /><br />\n\n\n", "code": "404 Not Found", "title": "Not Found"}`,
			html:  notFoundHTML,
		},
		{
			name:  "detail",
			err:   BadRequest("limit param must be an integer"),
			plain: "400 Bad Request\n\n" + malformed + "\n\n limit param must be an integer  ",
			json: `{"message": "` + malformed + `<br /><br />\nlimit param must be an integer\n\n", ` +
				`"code": "400 Bad Request", "title": "Bad Request"}`,
			html: "<html>\n <head>\n  <title>400 Bad Request</title>\n </head>\n <body>\n  <h1>400 Bad Request</h1>\n  " +
				malformed + "<br /><br />\nlimit param must be an integer\n\n\n </body>\n</html>",
		},
		{
			name:  "explanation",
			err:   BadRequestExplained("Invalid marker format"),
			plain: "400 Bad Request\n\nInvalid marker format\n\n   ",
			json:  `{"message": "Invalid marker format<br /><br />\n\n\n", "code": "400 Bad Request", "title": "Bad Request"}`,
			html: "<html>\n <head>\n  <title>400 Bad Request</title>\n </head>\n <body>\n  <h1>400 Bad Request</h1>\n" +
				"  Invalid marker format<br /><br />\n\n\n\n </body>\n</html>",
		},
		{
			name:  "texts with a meaning in HTML",
			err:   NotFound("Image <b>x & \"'é\x00\U0001F600\r\ny"),
			plain: "404 Not Found\n\nThe resource could not be found.\n\n Image x & \"'é\x00\U0001F600 y  ",
			json: `{"message": "The resource could not be found.<br /><br />\nImage <b>x & \"'\u00e9\u0000\ud83d\ude00\r\ny\n\n", ` +
				`"code": "404 Not Found", "title": "Not Found"}`,
			html: "<html>\n <head>\n  <title>404 Not Found</title>\n </head>\n <body>\n  <h1>404 Not Found</h1>\n" +
				"  The resource could not be found.<br /><br />\n" +
				"Image &lt;b&gt;x &amp; &quot;&#x27;&#233;\x00&#128512;\r\ny\n\n\n </body>\n</html>",
		},
		{
			name:  "tags that are none",
			err:   &Error{Status: 409, Explanation: "a<BR\nb>c<!--d-->e<f", Detail: "g>h < i"},
			plain: "409 Conflict\n\na\ncdeh < i  ",
			json: `{"message": "a<BR\nb>c<!--d-->e<f<br /><br />\ng>h < i\n\n", ` +
				`"code": "409 Conflict", "title": "Conflict"}`,
			html: "<html>\n <head>\n  <title>409 Conflict</title>\n </head>\n <body>\n  <h1>409 Conflict</h1>\n" +
				"  a&lt;BR\nb&gt;c&lt;!--d--&gt;e&lt;f<br /><br />\ng&gt;h &lt; i\n\n\n </body>\n</html>",
		},
		{
			name:  "405",
			err:   MethodNotAllowed("GET", "PUT, DELETE"),
			plain: "405 Method Not Allowed\n\nThe method GET is not allowed for this resource. \n\n ",
			json: `{"message": "The method GET is not allowed for this resource. <br /><br />\n", ` +
				`"code": "405 Method Not Allowed", "title": "Method Not Allowed"}`,
			html: "<html>\n <head>\n  <title>405 Method Not Allowed</title>\n </head>\n <body>\n" +
				"  <h1>405 Method Not Allowed</h1>\n" +
				"  The method GET is not allowed for this resource. <br /><br />\n\n </body>\n</html>",
		},
		{
			name:  "501",
			err:   NotImplemented("F'O"),
			plain: "501 Not Implemented\n\n The request method F'O is not implemented for this server. \n\n ",
			json: `{"message": "\nThe request method F'O is not implemented for this server. <br /><br />\n", ` +
				`"code": "501 Not Implemented", "title": "Not Implemented"}`,
			html: "<html>\n <head>\n  <title>501 Not Implemented</title>\n </head>\n <body>\n" +
				"  <h1>501 Not Implemented</h1>\n" +
				"  \nThe request method F&#x27;O is not implemented for this server. <br /><br />\n\n </body>\n</html>",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for f, want := range map[format]string{plain: tt.plain, json: tt.json, html: tt.html} {
				if got := string(tt.err.page(f)); got != want {
					t.Errorf("%s:\n got %q\nwant %q", f.contentType(), got, want)
				}
			}
		})
	}
}

func TestEveryConstructorHasAnExplanation(t *testing.T) {
	for want, e := range map[int]*Error{
		http.StatusBadRequest:                  BadRequest("d"),
		http.StatusUnauthorized:                Unauthorized("d"),
		http.StatusForbidden:                   Forbidden("d"),
		http.StatusNotFound:                    NotFound("d"),
		http.StatusConflict:                    Conflict("d"),
		http.StatusLengthRequired:              LengthRequired("d"),
		http.StatusRequestEntityTooLarge:       TooLarge("d"),
		http.StatusRequestHeaderFieldsTooLarge: HeaderTooLarge("d"),
		http.StatusInternalServerError:         Internal(),
		http.StatusServiceUnavailable:          Unavailable("d"),
	} {
		if e.Status != want {
			t.Errorf("the constructor of %d makes a %d", want, e.Status)
		}
		if explanation(e.Status) == "" {
			t.Errorf("%d has no explanation", e.Status)
		}
		if e.Detail != "d" && want != http.StatusInternalServerError {
			t.Errorf("%d: detail %q", want, e.Detail)
		}
	}
}

func FuzzPage(f *testing.F) {
	f.Add("", 404, "", "", "GET")
	f.Add("text/html;q=0.1, application/json", 400, "a<b", "c>d & \"é\"", "")
	f.Add("*/*", 501, "\xff", "<br", "<!--")
	f.Fuzz(func(t *testing.T, accept string, status int, explanation, detail, method string) {
		defer kit.Cheap(t, len(accept)+len(explanation)+len(detail)+len(method))()
		e := &Error{Status: status, Explanation: explanation, Detail: detail, method: method}

		var page struct{ Message, Code, Title string }
		if err := stdjson.Unmarshal(e.page(json), &page); err != nil {
			t.Fatalf("not JSON: %v", err)
		}
		if want := e.body(verbatim); page.Message != want {
			t.Errorf("JSON says %q, want %q", page.Message, want)
		}

		// No text may bring markup of its own.
		text := string(e.page(html))
		if got, want := strings.Count(text, "<"), 12; got != want {
			t.Errorf("HTML has %d tags, want %d: %q", got, want, text)
		}
		if strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) {
			t.Errorf("HTML is not ASCII: %q", text)
		}

		if text := e.page(plain); tag.Match(text) || !utf8.Valid(text) {
			t.Errorf("plain text has tags or is no UTF-8: %q", text)
		}

		// What the grammar accepts it accepts twice, with the same result.
		if _, ok := parseAccept(accept); ok && accept != "" {
			if once, twice := negotiate(accept), negotiate(accept+","+accept); once != twice {
				t.Errorf("%q is format %v, repeated %v", accept, once, twice)
			}
		}
	})
}

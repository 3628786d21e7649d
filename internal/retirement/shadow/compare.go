package shadow

import (
	"bytes"
	"html"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/glancegate/glancegate/internal/pyjson"
)

// Kind is what differs.
type Kind string

const (
	Status Kind = "status" // the status, or the class of a command's error
	Field  Kind = "field"  // a value of a row
	Order  Kind = "order"  // of rows, where it is defined
	Row    Kind = "row"    // one is missing, or additional
	Header Kind = "header"
	Body   Kind = "body" // one of the two is no JSON
)

// Kinds are all kinds.
var Kinds = []Kind{Status, Field, Order, Row, Header, Body}

// Names of what may differ.
const (
	TimeOfAnswer   = "time_of_answer" // the field Date
	RequestID      = "request_id"     // where each makes its own
	KeyOrder       = "key_order"      // of JSON objects
	Encoding       = "encoding"       // of JSON: blanks, escapes
	UnorderedList  = "unordered_list" // such as tags
	FirstLocation  = "first_location" // which of the active locations v1 names
	ErrorText      = "error_text"     // with the same status
	BadInput       = "deviation_1"    // numbers as in docs/deviations.md
	PagesAfterNull = "deviation_6"
	Limits         = "deviation_7"
)

// Difference is one difference between two answers.
type Difference struct {
	Kind Kind   `json:"kind"`
	Call string `json:"call"`
	Path string `json:"path"` // within the body, or a header field
	Old  string `json:"old"`
	New  string `json:"new"`
}

// comparison is the outcome of comparing two answers.
type comparison struct {
	differences []Difference
	allowed     map[string]bool
}

func (c *comparison) differ() bool { return len(c.differences) > 0 }

func (c *comparison) allow(name string) {
	if c.allowed == nil {
		c.allowed = map[string]bool{}
	}
	c.allowed[name] = true
}

// maxDifferences bounds those of two answers.
const maxDifferences = 50

func (c *comparison) add(kind Kind, call, path, old, new string) {
	if len(c.differences) < maxDifferences {
		c.differences = append(c.differences, Difference{kind, call, path, old, new})
	}
}

// maxDepth bounds the nesting of answers. Nothing in the registry is as deep.
const maxDepth = 100

// compare compares the answers to an exchange.
func compare(x *Exchange, old, new *Answer) *comparison {
	c := &comparison{}
	call := x.Calls[0]
	if old.Status != new.Status {
		c.statuses(x, call, old, new)
		return c
	}
	c.headers(x, call, old, new)
	if bytes.Equal(old.Body, new.Body) {
		return c
	}
	if old.Status >= http.StatusBadRequest {
		if words(old) != words(new) {
			c.allow(ErrorText)
		}
		return c
	}
	c.bodies(x, call, old.Body, new.Body)
	return c
}

// statuses judges answers with different statuses.
func (c *comparison) statuses(x *Exchange, call string, old, new *Answer) {
	refused := new.Status >= http.StatusBadRequest && new.Status < http.StatusInternalServerError
	switch {
	case old.Status == http.StatusInternalServerError && refused:
		c.allow(BadInput)
	case new.Status == http.StatusRequestEntityTooLarge:
		c.allow(Limits)
	case x.RPC && len(x.Calls) == 1 && old.Status == http.StatusOK && refused && onlyCrash(old.Body):
		c.allow(BadInput)
	default:
		c.add(Status, call, "", strconv.Itoa(old.Status), strconv.Itoa(new.Status))
	}
}

func onlyCrash(body []byte) bool {
	v, err := pyjson.Decode(body, maxDepth)
	list, _ := v.([]any)
	return err == nil && len(list) == 1 && isCrash(list[0])
}

// comparedHeaders are the fields that clients read.
var comparedHeaders = []string{"Allow", "Content-Type", "Location", "Www-Authenticate", "X-Openstack-Request-Id"}

func (c *comparison) headers(x *Exchange, call string, old, new *Answer) {
	if old.Header.Get("Date") != new.Header.Get("Date") {
		c.allow(TimeOfAnswer)
	}
	for _, name := range comparedHeaders {
		a, b := old.Header.Get(name), new.Header.Get(name)
		switch {
		case a == b, essence(name, a) == essence(name, b):
		case name == "X-Openstack-Request-Id" && a != "" && b != "" && x.Request.Header.Get(name) == "":
			c.allow(RequestID)
		case name == "Content-Type" && old.Status >= http.StatusBadRequest:
			c.allow(ErrorText)
		default:
			c.add(Header, call, name, a, b)
		}
	}
}

// essence is a field without the freedom that its definition leaves.
func essence(name, value string) string {
	switch name {
	case "Content-Type":
		if kind, params, err := mime.ParseMediaType(value); err == nil {
			return kind + ";" + strings.ToLower(params["charset"])
		}
	case "Allow":
		methods := strings.FieldsFunc(value, func(c rune) bool { return c == ',' || c == ' ' })
		slices.Sort(methods)
		return strings.Join(methods, ",")
	case "Location":
		if u, err := url.Parse(value); err == nil {
			return u.Path
		}
	}
	return value
}

var (
	head = regexp.MustCompile(`(?is)<head>.*?</head>`)
	tag  = regexp.MustCompile(`<[^>]*>`)
	ids  = regexp.MustCompile(`req-[0-9a-f-]{36}`)
)

// words are those of an error page in any format.
func words(a *Answer) string {
	text := string(a.Body)
	if v, err := pyjson.Decode(a.Body, maxDepth); err == nil {
		if o, _ := v.(*pyjson.Object); o != nil {
			if message, ok := o.Get("message"); ok {
				text, _ = message.(string)
			}
		}
	}
	text = html.UnescapeString(tag.ReplaceAllString(head.ReplaceAllString(text, " "), " "))
	return strings.Join(strings.Fields(ids.ReplaceAllString(text, "")), " ")
}

// bodies compares bodies of the same good status that are not the same bytes.
func (c *comparison) bodies(x *Exchange, call string, old, new []byte) {
	a, errOld := pyjson.Decode(old, maxDepth)
	b, errNew := pyjson.Decode(new, maxDepth)
	if errOld != nil || errNew != nil {
		c.add(Body, call, "", shorten(string(old)), shorten(string(new)))
		return
	}
	d := &differ{comparison: c, call: call, read: call}
	before := len(c.allowed)
	if x.RPC {
		d.results(x, a, b)
	} else {
		d.value("", "", a, b)
	}
	if !c.differ() && len(c.allowed) == before {
		c.allow(Encoding)
	}
}

package registrytest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"

	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/rest"
)

// Call is a request that is being put together. It may be sent more than once,
// and from several goroutines.
type Call struct {
	registry *Registry
	ctx      context.Context
	method   string
	target   string // path and query, as on the wire
	header   http.Header
	body     string
	caller   *access.Caller
}

// RespondTo starts a request such as "GET /images/detail?limit=1". Without As
// it comes from an administrator.
func (r *Registry) RespondTo(request string) *Call {
	method, target, _ := strings.Cut(request, " ")
	return &Call{
		registry: r, ctx: r.t.Context(), method: method, target: target, header: http.Header{}, caller: Admin(),
	}
}

// As says who sends the request.
func (c *Call) As(caller *access.Caller) *Call { c.caller = caller; return c }

// During bounds the request by a context.
func (c *Call) During(ctx context.Context) *Call { c.ctx = ctx; return c }

// With sets a header field.
func (c *Call) With(name, value string) *Call { c.header.Set(name, value); return c }

// Text gives the request a body, byte by byte.
func (c *Call) Text(body string) *Call { c.body = body; return c }

// JSON gives the request a value as its body.
func (c *Call) JSON(v any) *Call {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // the test's own mistake
	}
	return c.Text(string(text))
}

// Answer sends the request. What is wrong with every answer of that kind, such
// as a length that is not the body's, fails the test here.
func (c *Call) Answer() *Answer {
	c.registry.t.Helper()
	a := &Answer{call: c}
	request, err := c.request(&a.Cause)
	if err != nil {
		panic(err) // the test's own mistake
	}
	recorder := httptest.NewRecorder()
	route := rest.Match(c.method, request.URL.Path)
	c.registry.handler.Serve(recorder, request, route, c.caller)
	a.Status, a.Header, a.Body = recorder.Code, recorder.Result().Header, recorder.Body.Bytes()
	a.check()
	return a
}

// request is what net/http makes of the message: the path decoded, the rest as
// it came.
func (c *Call) request(cause *error) (*http.Request, error) {
	path, query, hasQuery := strings.Cut(c.target, "?")
	decoded, err := url.PathUnescape(path)
	if err != nil {
		return nil, err
	}
	ctx := context.WithValue(c.ctx, causeKey{}, cause)
	r, err := http.NewRequestWithContext(ctx, c.method, "http://registry/", nil)
	if err != nil {
		return nil, err
	}
	r.URL.Path, r.URL.RawPath, r.URL.RawQuery = decoded, path, query
	r.URL.ForceQuery = hasQuery && query == ""
	r.RequestURI = c.target
	r.Header = c.header.Clone()
	r.Body = http.NoBody
	if c.body != "" {
		r.Body = io.NopCloser(strings.NewReader(c.body))
		r.ContentLength = int64(len(c.body))
	}
	return r, nil
}

// String is the request for a message.
func (c *Call) String() string {
	who := "admin"
	if !c.caller.Admin {
		who = fmt.Sprintf("%q", c.caller.Owner.V)
	}
	return fmt.Sprintf("%s: %s %s %s", who, c.method, c.target, abridge(c.body))
}

func abridge(text string) string {
	const limit = 400
	if len(text) > limit {
		return text[:limit] + "…"
	}
	return text
}

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
	Cause  error // of a failure; the client does not see it

	call *Call
}

// Expect fails the test unless the answer has one of the statuses.
func (a *Answer) Expect(statuses ...int) *Answer {
	a.call.registry.t.Helper()
	if !slices.Contains(statuses, a.Status) {
		a.call.registry.t.Fatalf("%s\n%s\nwant status %d", a.call, a, statuses)
	}
	return a
}

// Expect is Answer followed by Expect.
func (c *Call) Expect(statuses ...int) *Answer {
	c.registry.t.Helper()
	return c.Answer().Expect(statuses...)
}

// Into decodes the body.
func (a *Answer) Into(v any) {
	a.call.registry.t.Helper()
	if err := json.Unmarshal(a.Body, v); err != nil {
		a.call.registry.t.Fatalf("%s\n%s\n%v", a.call, a, err)
	}
}

// ExpectImage fails the test unless the answer is one image.
func (c *Call) ExpectImage() *Image {
	c.registry.t.Helper()
	var body struct{ Image *Image }
	c.Expect(http.StatusOK).Into(&body)
	if body.Image == nil {
		c.registry.t.Fatalf("%s: no image in the answer", c)
	}
	return body.Image
}

// ExpectImages fails the test unless the answer is a list of images.
func (c *Call) ExpectImages() []Image {
	c.registry.t.Helper()
	var body struct{ Images []Image }
	c.Expect(http.StatusOK).Into(&body)
	return body.Images
}

// ExpectMembers fails the test unless the answer is a list of members; it tells
// who can share.
func (c *Call) ExpectMembers() map[string]bool {
	c.registry.t.Helper()
	var body struct {
		Members []struct {
			ID       string `json:"member_id"`
			CanShare bool   `json:"can_share"`
		}
	}
	c.Expect(http.StatusOK).Into(&body)
	members := make(map[string]bool, len(body.Members))
	for _, m := range body.Members {
		if _, twice := members[m.ID]; twice {
			c.registry.t.Errorf("%s: member %s is listed twice", c, m.ID)
		}
		members[m.ID] = m.CanShare
	}
	return members
}

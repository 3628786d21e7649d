// Package shadow compares a gateway with the service that it replaces. One of the two
// answers a request; the other one is asked the same afterwards, or at the same time. What
// both answered is compared, the comparisons are counted, and of the differences samples
// are kept.
package shadow

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
)

// Mark is the header field of the requests that a shadow sends. A gateway that gets one
// must not send it on to a shadow of its own: the two might name each other.
const Mark = "X-Glance-Registry-Shadow"

// Request is a request as a client sent it.
type Request struct {
	Method string
	URL    *url.URL // the path and the query
	Host   string
	Header http.Header
	Body   []byte
}

// RequestOf copies a request, with a body that was read before.
func RequestOf(r *http.Request, body []byte) *Request {
	u := *r.URL
	return &Request{Method: r.Method, URL: &u, Host: r.Host, Header: r.Header.Clone(), Body: body}
}

// HTTP is the request once more, as a server gets it.
func (q *Request) HTTP(ctx context.Context) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, q.Method, "/", q.body())
	if err != nil {
		return nil, err
	}
	u := *q.URL
	r.URL, r.Host, r.Header, r.RequestURI = &u, q.Host, q.Header.Clone(), u.RequestURI()
	if r.Header == nil {
		r.Header = http.Header{}
	}
	return r, nil
}

func (q *Request) body() io.Reader {
	if len(q.Body) == 0 {
		return http.NoBody
	}
	return bytes.NewReader(q.Body)
}

// Answer is what a service answered.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Ask sends a request and returns the answer.
type Ask func(context.Context, *Request) (*Answer, error)

// Exchange is a request that one of the two answers, or has answered.
type Exchange struct {
	Request *Request

	// Calls name what it asks for: a route of v1, or the commands of an RPC request in
	// their order. Counts have these names, so they must not be a client's.
	Calls []string
	RPC   bool

	// Identify returns Calls, and whether all of them read, where that takes a while; nil:
	// Calls are set, and read.
	Identify func() (calls []string, read bool)

	// Gateway asks the gateway, which must read the database for it and no cache.
	Gateway Ask

	left *left // of a read after a write: what the write said that it left

	served chan *Answer // what the client got; nil in it where that can't be compared
	kept   *Copy        // the memory of it
}

// names are what its results are results of.
func (x *Exchange) names() []string {
	if x.left != nil {
		return []string{x.left.read}
	}
	return x.Calls
}

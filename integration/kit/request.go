package kit

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
)

// Request is a request to a server.
type Request struct {
	Method, URL string

	// Body goes out as it is if it is a string or an io.Reader, as JSON otherwise, and
	// not at all if it is nil or "".
	Body any

	Header http.Header  // beside the Content-Type
	Client *http.Client // nil: the default one
}

// Answer is an answer with its body.
type Answer struct {
	*http.Response
	Text []byte
}

// Send sends the request and reads the answer.
func (r Request) Send(ctx context.Context) (*Answer, error) {
	content, err := r.content()
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, r.Method, r.URL, content)
	if err != nil {
		return nil, err
	}
	if content != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	for name, values := range r.Header {
		request.Header[http.CanonicalHeaderKey(name)] = values
	}
	client := r.Client
	if client == nil {
		client = http.DefaultClient
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return &Answer{response, body}, err
}

// content is the body as it goes out, or nil.
func (r Request) content() (io.Reader, error) {
	switch body := r.Body.(type) {
	case nil:
		return nil, nil
	case io.Reader:
		return body, nil
	case string:
		if body == "" {
			return nil, nil
		}
		return strings.NewReader(body), nil
	}
	text, err := json.Marshal(r.Body)
	return bytes.NewReader(text), err
}

// Trusted is the header of a caller whom another server has identified. The roles
// are a list with commas.
func Trusted(project, roles string) http.Header {
	return http.Header{
		"X-Identity-Status": {"Confirmed"}, "X-User-Id": {"u-" + project}, "X-Project-Id": {project}, "X-Tenant-Id": {project}, "X-Roles": {roles},
	}
}

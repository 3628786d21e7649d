package kit

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
)

// Request is a request to a server.
type Request struct {
	Method, URL string

	// Body goes out as it is if it is a string, as JSON otherwise, and not at all
	// if it is nil or "".
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
	text, isText := r.Body.(string)
	if !isText && r.Body != nil {
		content, err := json.Marshal(r.Body)
		if err != nil {
			return nil, err
		}
		text = string(content)
	}
	request, err := http.NewRequestWithContext(ctx, r.Method, r.URL, bytes.NewReader([]byte(text)))
	if err != nil {
		return nil, err
	}
	if text != "" {
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

// Trusted is the header of a caller whom another server has identified. The roles
// are a list with commas.
func Trusted(project, roles string) http.Header {
	return http.Header{
		"X-Identity-Status": {"Confirmed"}, "X-User-Id": {"u-" + project}, "X-Project-Id": {project}, "X-Tenant-Id": {project}, "X-Roles": {roles},
	}
}

package benchmark

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
)

// caller is who sends a request, as the glance-api nodes say it.
type caller struct{ project, roles string }

// request is one that can be sent more than once.
type request struct {
	method, path, body string
	caller             caller
}

func (r request) http(b *testing.B, baseURL string) *http.Request {
	b.Helper()
	q, err := http.NewRequestWithContext(b.Context(), r.method, baseURL+r.path, strings.NewReader(r.body))
	if err != nil {
		b.Fatal(err)
	}
	q.Header.Set("X-Identity-Status", "Confirmed")
	q.Header.Set("X-User-Id", "a1b2c3d4e5f60718293a4b5c6d7e8f90")
	if r.caller.project != "" {
		q.Header.Set("X-Tenant-Id", r.caller.project)
	}
	q.Header.Set("X-Roles", r.caller.roles)
	q.Header.Set("X-Openstack-Request-Id", "req-7f3c1b7e-6a94-4b0e-9d52-0c8f2a6d41aa")
	if r.body != "" {
		q.Header.Set("Content-Type", "application/json")
	}
	return q
}

// wire is the request as it goes over a connection.
func (r request) wire(b *testing.B, baseURL string) []byte {
	b.Helper()
	var text bytes.Buffer
	if err := r.http(b, baseURL).Write(&text); err != nil {
		b.Fatal(err)
	}
	return text.Bytes()
}

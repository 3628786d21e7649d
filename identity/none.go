package identity

import (
	"net/http"

	"github.com/glancegate/glancegate/registry"
)

// None takes everyone for an admin without an owner and reads no header, as
// the default flavour of the old service (registry-v1.md, 1.7).
type None struct{}

// Identify implements Identifier. It never fails.
func (None) Identify(*http.Request) (registry.Caller, error) {
	return registry.Caller{Admin: true, Trusted: true, RequestID: newRequestID()}, nil
}

// anonymous is the caller of a request without an identity, where such
// requests are allowed (registry-v1.md, 1.6, "Gate").
func anonymous() registry.Caller {
	return registry.Caller{ReadOnly: true, RequestID: newRequestID()}
}

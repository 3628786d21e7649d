// Package identity identifies the caller of a request (registry-v1.md, 1.5 to 1.8).
package identity

import (
	"errors"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/glancegate/glancegate/registry/access"
)

// Identifier identifies the caller of a request.
type Identifier interface {
	// Identify returns the caller. If the request is refused, the error is or wraps
	// the *httperror.Error to answer with.
	Identify(r *http.Request) (access.Caller, error)
}

// ErrPeer is wrapped by refusals of identity headers from a peer that may not
// send them. Such a request is a forgery or a gap in the configuration.
var ErrPeer = errors.New("identity headers from a peer that may not send them")

const requestIDPrefix = "req-"

func newRequestID() string { return requestIDPrefix + uuid.NewString() }

// EchoRequestID is a request id as the X-Openstack-Request-Id field of an
// answer shows it (registry-v1.md, 1.8).
func EchoRequestID(id string) string {
	if strings.HasPrefix(id, requestIDPrefix) {
		return id
	}
	return requestIDPrefix + id
}

// AnswerRequestID is the X-Openstack-Request-Id field of the answer to a request with
// such a header: the client's id, or a new one.
func AnswerRequestID(h http.Header) string {
	if id, _ := value(h, requestID); id != "" {
		return EchoRequestID(id)
	}
	return newRequestID()
}

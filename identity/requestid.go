package identity

import (
	"strings"

	"github.com/google/uuid"
)

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

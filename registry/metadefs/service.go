// Package metadefs has the rules of metadata definitions: namespaces, the
// objects, properties and tags in them, and resource types.
package metadefs

import (
	"time"

	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/records"
)

// Service applies the rules. Its fields must not change once it is in use.
type Service struct {
	access.Rules
	Store records.Store

	// Now is the clock, for tests; nil is time.Now.
	Now func() time.Time
}

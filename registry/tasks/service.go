// Package tasks has the rules of the tasks of registry v2: who sees which, and what
// a change does to the rows.
package tasks

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

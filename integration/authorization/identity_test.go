package authorization

import (
	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/registry/access"
)

// The projects. Images, tasks and namespaces belong to the first, unless their
// names say otherwise.
const (
	owning   = "t-owner"
	accepted = "t-accepted" // member of the owner's images
	pending  = "t-pending"  // has not answered yet
	other    = "t-other"
)

// identities are the columns of the tables: who asks.
var identities = map[string]func() *access.Caller{
	"admin":           registrytest.Admin,
	"owner":           func() *access.Caller { return registrytest.Member(owning) },
	"accepted member": func() *access.Caller { return registrytest.Member(accepted) },
	"pending member":  func() *access.Caller { return registrytest.Member(pending) },
	"other project":   func() *access.Caller { return registrytest.Member(other) },
	"no project":      registrytest.Unscoped,
	"anonymous":       func() *access.Caller { return &access.Caller{ReadOnly: true} },
}

// own is the project of a caller as a value of a column.
func own(c *access.Caller) any {
	if !c.Owner.Valid {
		return nil
	}
	return c.Owner.V
}

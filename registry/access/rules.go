package access

import (
	"cmp"
	"slices"

	"github.com/glancegate/glancegate/registry/records"
)

// Rules are what a gateway asks of every request, whatever it is about.
type Rules struct {
	// Harden makes the authorization strict (docs/deviations.md).
	Harden bool

	// ReadOnly refuses every write.
	ReadOnly bool
}

// Plain tells whether a caller is held to that.
func (r Rules) Plain(c *Caller) bool { return r.Harden && !c.Admin && !c.Trusted }

// CheckWritable refuses callers that may change nothing, before anything else
// about a write is looked at.
func (r Rules) CheckWritable(c *Caller) error {
	if c.ReadOnly {
		return records.Errorf(records.ReadOnly, "%s", cmp.Or(c.ReadOnlyReason, "Read-only access"))
	}
	if r.ReadOnly {
		return records.Errorf(records.ReadOnly, "Read-only access: this gateway runs with database option read_only")
	}
	if r.Plain(c) && readsOnly(c.Roles) {
		return records.Errorf(records.ReadOnly, "Read-only access: the only role is reader (harden)")
	}
	return nil
}

// readsOnly tells whether a caller has no role but reader, which Glance's policy
// lets read. Clouds have other names for members, so those count as members.
func readsOnly(roles []string) bool {
	return len(roles) > 0 && !slices.ContainsFunc(roles, func(role string) bool { return role != "reader" })
}

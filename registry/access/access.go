// Package access knows who sends a request, and what a gateway asks of every
// request before the rules about what it concerns.
package access

import (
	"cmp"
	"slices"

	"github.com/glancegate/glancegate/registry/records"
)

// Caller is who sends a request, as far as the rules of the registry care
// (registry-v1.md, 1.6).
type Caller struct {
	// Admin callers pass nearly every check and see deleted rows.
	Admin bool

	// Owner is what the owner of an image is compared with: the project id,
	// or the user id where owner_is_tenant is off. Null and empty differ.
	Owner records.Null[string]

	// User and Project are the ids as sent, for the access log.
	User, Project string

	// Roles are lower-cased.
	Roles []string

	// Scope is what else is known of the caller; nil: nothing.
	Scope *Scope

	// ReadOnly callers (anonymous ones) may change nothing.
	ReadOnly bool

	// ReadOnlyReason is the text that says why to those of them for whom there is
	// another reason than who they are.
	ReadOnlyReason string

	// Trusted callers are admins, services, and peers that the configuration
	// names: glance-api, which has asked its own policy. Where the gateway is
	// hardened, others are held to what they could do through the image API.
	Trusted bool

	// RequestID is echoed to the client and written to the access log.
	RequestID string
}

// Scope is what only rules of policies ask about a caller.
type Scope struct {
	UserDomain, ProjectDomain, Domain, SystemScope records.Null[string]

	// NoAdminProject says that the project is not one of admins, which Keystone
	// can tell. By default every project is.
	NoAdminProject bool
}

// Owns reports whether owner is the caller's. A caller without an owner owns
// nothing, and an image without an owner belongs to no caller. The comparison
// is exact, whatever the collation of the database.
func (c *Caller) Owns(owner records.Null[string]) bool {
	return c.Owner.Valid && owner.Valid && c.Owner.V == owner.V
}

// Rules are what a gateway asks of every request, whatever it is about.
type Rules struct {
	// Harden makes the authorization strict (docs/deviations.md).
	Harden bool

	// ReadOnly refuses every write.
	ReadOnly bool
}

// Plain reports whether a caller is held to that.
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

// readsOnly reports whether a caller has no role but reader, which Glance's policy
// lets read. Clouds have other names for members, so those count as members.
func readsOnly(roles []string) bool {
	return len(roles) > 0 && !slices.ContainsFunc(roles, func(role string) bool { return role != "reader" })
}

package identity

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/glancegate/glancegate/internal/httperror"
	"github.com/glancegate/glancegate/internal/policy"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/records"
)

// Rules turn the claims of a source of identity into a caller. They are the same for
// every source (registry-v1.md, 1.6).
type Rules struct {
	// AdminRole makes admins, in addition to the policy. Its case does not
	// matter.
	AdminRole string

	// Policy is the rule context_is_admin; nil is the one that Glance ships,
	// role:admin.
	Policy *policy.Rule

	// OwnerIsTenant makes the project the owner of images, not the user.
	OwnerIsTenant bool

	// AllowAnonymous lets requests without a confirmed identity read.
	AllowAnonymous bool

	// MaxRequestID is the longest request id taken, in bytes; 0 is no limit.
	MaxRequestID int
}

// Claims are the confirmed properties of a caller. A missing project, such as that of an
// unscoped token, is null.
type Claims struct {
	User, Project records.Null[string]

	// Roles are lower-cased, as by LowerCase.
	Roles []string

	access.Scope

	// Named says that the configuration names the peer, or that a service
	// vouches for it.
	Named bool
}

// Confirmed returns the caller of a request with a confirmed identity. It refuses with
//
//	431  an over-long request id
func (r *Rules) Confirmed(h http.Header, claims Claims) (access.Caller, error) {
	id, _ := value(h, requestID)
	if r.MaxRequestID > 0 && len(id) > r.MaxRequestID {
		return access.Caller{}, httperror.HeaderTooLarge(fmt.Sprintf("The header %s has %d bytes; the limit is %d.",
			requestID, len(id), r.MaxRequestID))
	}
	if id == "" {
		id = newRequestID()
	}
	caller := access.Caller{
		User: claims.User.V, Project: claims.Project.V, Roles: claims.Roles,
		Owner: claims.User, RequestID: id,
	}
	if r.OwnerIsTenant {
		caller.Owner = claims.Project
	}
	caller.Admin = r.isAdmin(&claims)
	caller.Trusted = caller.Admin || claims.Named || slices.Contains(caller.Roles, serviceRole)
	return caller, nil
}

// Unconfirmed returns the caller of a request without a confirmed identity, or a 401.
func (r *Rules) Unconfirmed() (access.Caller, error) {
	if r.AllowAnonymous {
		return anonymous(), nil
	}
	return access.Caller{}, httperror.Unauthorized("")
}

func (r *Rules) isAdmin(claims *Claims) bool {
	role := lower(strings.TrimSpace(r.AdminRole))
	if role != "" && slices.Contains(claims.Roles, role) {
		return true
	}
	if r.Policy == nil {
		return slices.Contains(claims.Roles, adminRole)
	}
	return r.Policy.Allows(claims.Credentials())
}

// ClaimsOf are the claims that policies can ask about, of a caller. What is missing and
// what is empty are the same.
func ClaimsOf(c *access.Caller) *Claims {
	claims := &Claims{User: NullIfEmpty(c.User), Project: NullIfEmpty(c.Project), Roles: c.Roles}
	if c.Scope != nil {
		claims.Scope = *c.Scope
	}
	return claims
}

// NullIfEmpty is an id that Keystone may leave out.
func NullIfEmpty(id string) records.Null[string] {
	return records.Null[string]{V: id, Valid: id != ""}
}

// Credentials is what policies can ask.
func (c *Claims) Credentials() *policy.Credentials {
	credentials := policy.Nobody()
	credentials.Roles = c.Roles
	for _, known := range []struct {
		value *string
		claim *records.Null[string]
	}{
		{&credentials.UserID, &c.User},
		{&credentials.ProjectID, &c.Project},
		{&credentials.UserDomainID, &c.UserDomain},
		{&credentials.ProjectDomainID, &c.ProjectDomain},
		{&credentials.DomainID, &c.Domain},
		{&credentials.SystemScope, &c.SystemScope},
	} {
		if known.claim.Valid {
			*known.value = known.claim.V
		}
	}
	if c.NoAdminProject {
		credentials.IsAdminProject = "False"
	}
	return credentials
}

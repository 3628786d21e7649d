package registrytest

import (
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/records"
)

// Admin is an administrator with a project, who sees everything.
func Admin() *access.Caller {
	return &access.Caller{Admin: true, Owner: records.NullOf("t-admin"), Project: "t-admin", Roles: []string{"admin"}}
}

// Member is a plain user of a project.
func Member(project string) *access.Caller {
	return &access.Caller{Owner: records.NullOf(project), Project: project, Roles: []string{"member"}}
}

// Unscoped is a user without a project.
func Unscoped() *access.Caller { return &access.Caller{Roles: []string{"member"}} }

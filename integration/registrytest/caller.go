package registrytest

import "github.com/glancegate/glancegate/registry"

// Admin is an administrator with a project, who sees everything.
func Admin() *registry.Caller {
	return &registry.Caller{Admin: true, Owner: registry.NullOf("t-admin"), Project: "t-admin", Roles: []string{"admin"}}
}

// Member is a plain user of a project.
func Member(project string) *registry.Caller {
	return &registry.Caller{Owner: registry.NullOf(project), Project: project, Roles: []string{"member"}}
}

// Unscoped is a user without a project.
func Unscoped() *registry.Caller { return &registry.Caller{Roles: []string{"member"}} }

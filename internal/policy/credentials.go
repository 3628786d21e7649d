package policy

import (
	"maps"
	"slices"
	"strings"

	"github.com/glancegate/glancegate/compat"
)

// Credentials are what a rule can check about a caller. Unknown values are the text None,
// as in Python.
type Credentials struct {
	Roles []string // lower-cased

	UserID, ProjectID             string
	UserDomainID, ProjectDomainID string
	DomainID, SystemScope         string
	IsAdminProject                string // True or False
}

// none is what Python makes of a missing value.
const none = "None"

// Nobody is a caller without any known property. By Keystone's default, every project is
// an admin project.
func Nobody() *Credentials {
	return &Credentials{
		UserID: none, ProjectID: none, UserDomainID: none, ProjectDomainID: none,
		DomainID: none, SystemScope: none, IsAdminProject: "True",
	}
}

// role is a check of the roles. Its name is lower-cased unless it has fields.
type role struct{ name template }

func (r role) allows(c *Credentials, t Target) bool {
	name, known := r.name.fill(t)
	if r.name.targeted() {
		name = lower(name)
	}
	return known && slices.Contains(c.Roles, name)
}

// comparison is a check of a credential.
type comparison struct {
	key   func(*Credentials) string
	value template
}

func (e comparison) allows(c *Credentials, t Target) bool {
	value, known := e.value.fill(t)
	return known && e.key(c) == value
}

// literal is a check of a text in the place of a credential.
type literal struct {
	text  string
	value template
}

func (l literal) allows(_ *Credentials, t Target) bool {
	value, known := l.value.fill(t)
	return known && l.text == value
}

// key is a credential that rules of some releases can ask for.
type key struct {
	of          func(*Credentials) string
	first, last compat.Release
	instead     string // what to write in later releases
}

var keys = map[string]key{
	"user":              {of: func(c *Credentials) string { return c.UserID }, first: compat.Mitaka, last: compat.Rocky, instead: "user_id"},
	"tenant":            {of: func(c *Credentials) string { return c.ProjectID }, first: compat.Mitaka, last: compat.Rocky, instead: "project_id"},
	"user_id":           {of: func(c *Credentials) string { return c.UserID }, first: compat.Newton},
	"project_id":        {of: func(c *Credentials) string { return c.ProjectID }, first: compat.Newton},
	"user_domain_id":    {of: func(c *Credentials) string { return c.UserDomainID }, first: compat.Newton},
	"project_domain_id": {of: func(c *Credentials) string { return c.ProjectDomainID }, first: compat.Newton},
	"domain_id":         {of: func(c *Credentials) string { return c.DomainID }, first: compat.Newton},
	"is_admin_project":  {of: func(c *Credentials) string { return c.IsAdminProject }, first: compat.Newton},
	"system_scope":      {of: func(c *Credentials) string { return c.SystemScope }, first: compat.Queens},
}

// in reports whether rules of a release could ask for the key.
func (k key) in(release compat.Release) bool {
	return k.first <= release && release <= k.last
}

func keyNames() string { return strings.Join(slices.Sorted(maps.Keys(keys)), ", ") }

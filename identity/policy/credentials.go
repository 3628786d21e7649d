package policy

import (
	"maps"
	"slices"
	"strings"

	"github.com/glancegate/glancegate/compat"
)

// Credentials is what a rule can ask about a caller. What is not known is the
// text None, as in Python.
type Credentials struct {
	Roles []string // lower-cased

	UserID, ProjectID             string
	UserDomainID, ProjectDomainID string
	DomainID, SystemScope         string
	IsAdminProject                string // True or False
}

// none is what Python makes of a missing value.
const none = "None"

// Nobody is a caller about whom nothing is known. Keystone's default is that
// every project is an admin project.
func Nobody() *Credentials {
	return &Credentials{
		UserID: none, ProjectID: none, UserDomainID: none, ProjectDomainID: none,
		DomainID: none, SystemScope: none, IsAdminProject: "True",
	}
}

type role string

func (r role) allows(c *Credentials) bool { return slices.Contains(c.Roles, string(r)) }

type comparison struct {
	key   func(*Credentials) string
	value string
}

func (e comparison) allows(c *Credentials) bool { return e.key(c) == e.value }

// key is a credential that rules of some releases can ask for.
type key struct {
	of          func(*Credentials) string
	first, last string
	instead     string // what to write in later releases
}

var keys = map[string]key{
	"user":              {of: func(c *Credentials) string { return c.UserID }, first: "mitaka", last: "rocky", instead: "user_id"},
	"tenant":            {of: func(c *Credentials) string { return c.ProjectID }, first: "mitaka", last: "rocky", instead: "project_id"},
	"user_id":           {of: func(c *Credentials) string { return c.UserID }, first: "newton"},
	"project_id":        {of: func(c *Credentials) string { return c.ProjectID }, first: "newton"},
	"user_domain_id":    {of: func(c *Credentials) string { return c.UserDomainID }, first: "newton"},
	"project_domain_id": {of: func(c *Credentials) string { return c.ProjectDomainID }, first: "newton"},
	"domain_id":         {of: func(c *Credentials) string { return c.DomainID }, first: "newton"},
	"is_admin_project":  {of: func(c *Credentials) string { return c.IsAdminProject }, first: "newton"},
	"system_scope":      {of: func(c *Credentials) string { return c.SystemScope }, first: "queens"},
}

// in reports whether rules of a release could ask for the key.
func (k key) in(release string) bool {
	return !compat.Before(release, k.first) && (k.last == "" || !compat.Before(k.last, release))
}

func keyNames() string { return strings.Join(slices.Sorted(maps.Keys(keys)), ", ") }

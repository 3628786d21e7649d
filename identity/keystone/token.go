package keystone

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/glancegate/glancegate/identity"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/records"
)

// Token is the data of a token, without the token itself.
type Token struct {
	Expires time.Time `json:"expires_at"`
	User    Owned     `json:"user"`
	Roles   []Named   `json:"roles"`

	// What the token is good for; a token without a scope has none of them.
	Project *Owned  `json:"project,omitempty"`
	Domain  *Named  `json:"domain,omitempty"`
	System  *System `json:"system,omitempty"`

	// AdminProject says whether the project is one of admins, if Keystone
	// knows such projects.
	AdminProject *bool `json:"is_admin_project,omitempty"`

	// Credential is what the token was made with, if that was an application
	// credential.
	Credential *Credential `json:"application_credential,omitempty"`

	roles  []string // lower-cased names
	scope  *access.Scope
	digest [sha256.Size]byte
}

// Credential is an application credential, which may be good for some requests only.
type Credential struct {
	AccessRules json.RawMessage `json:"access_rules,omitempty"`
}

// Named is something that Keystone knows by an id and a name.
type Named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Owned is something that belongs to a domain.
type Owned struct {
	Named
	Domain Named `json:"domain"`
}

// System is the scope of tokens for the whole cloud.
type System struct {
	All bool `json:"all"`
}

// parseToken reads the body of an answer about a token.
func parseToken(body []byte) (*Token, error) {
	var answer struct {
		Token *Token `json:"token"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, fmt.Errorf("the answer is not JSON: %w", err)
	}
	if answer.Token == nil {
		return nil, errors.New("the answer has no token")
	}
	if err := answer.Token.check(); err != nil {
		return nil, err
	}
	answer.Token.complete()
	return answer.Token, nil
}

// check returns an error if something required is missing.
func (t *Token) check() error {
	switch {
	case t.User.ID == "":
		return errors.New("the token has no user")
	case t.Expires.IsZero():
		return errors.New("the token has no time of expiry")
	case t.Project != nil && t.Project.ID == "":
		return errors.New("the project of the token has no id")
	}
	return nil
}

// complete makes what is derived from the rest.
func (t *Token) complete() {
	names := make([]string, len(t.Roles))
	for n, role := range t.Roles {
		names[n] = role.Name
	}
	t.roles = identity.LowerCase(names)
	scope := t.claims().Scope
	t.scope = &scope
	t.digest = t.identityDigest()
}

// restricted reports whether the token is good for some requests only.
func (t *Token) restricted() bool {
	return t.Credential != nil && len(t.Credential.AccessRules) > 0 && string(t.Credential.AccessRules) != "null"
}

// hasRole reports whether the token has one of the roles. Case matters, as in the old
// service.
func (t *Token) hasRole(names []string) bool {
	for _, role := range t.Roles {
		for _, name := range names {
			if role.Name == name {
				return true
			}
		}
	}
	return false
}

func (t *Token) claims() identity.Claims {
	claims := identity.Claims{
		User:  records.NullOf(t.User.ID),
		Roles: t.roles,
		Scope: access.Scope{
			UserDomain:     identity.NullIfEmpty(t.User.Domain.ID),
			NoAdminProject: t.AdminProject != nil && !*t.AdminProject,
		},
	}
	if t.Project != nil {
		claims.Project, claims.ProjectDomain = records.NullOf(t.Project.ID), identity.NullIfEmpty(t.Project.Domain.ID)
	}
	if t.Domain != nil {
		claims.Domain = identity.NullIfEmpty(t.Domain.ID)
	}
	if t.System != nil && t.System.All {
		claims.SystemScope = records.NullOf("all")
	}
	return claims
}

package keystone

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/glancegate/glancegate/identity"
	"github.com/glancegate/glancegate/registry"
)

// Token is what Keystone says about a token. It lacks the token itself.
type Token struct {
	Expires time.Time `json:"expires_at"`
	User    Named     `json:"user"`
	Project *Named    `json:"project"` // nil for a token without one
	Roles   []Named   `json:"roles"`

	roles []string // lower-cased names
}

// Named is something that Keystone knows by an id and a name.
type Named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// parseToken reads the body of an answer about a token.
func parseToken(body []byte) (*Token, error) {
	var answer struct {
		Token *Token `json:"token"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, fmt.Errorf("the answer is no JSON: %w", err)
	}
	switch t := answer.Token; {
	case t == nil:
		return nil, errors.New("the answer has no token")
	case t.User.ID == "":
		return nil, errors.New("the token has no user")
	case t.Expires.IsZero():
		return nil, errors.New("the token has no time of expiry")
	case t.Project != nil && t.Project.ID == "":
		return nil, errors.New("the project of the token has no id")
	default:
		t.lowerRoles()
		return t, nil
	}
}

func (t *Token) lowerRoles() {
	names := make([]string, len(t.Roles))
	for n, role := range t.Roles {
		names[n] = role.Name
	}
	t.roles = identity.LowerCase(names)
}

// hasRole reports whether one of the roles is there. Case matters here, as it
// did in the old service.
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
	claims := identity.Claims{User: registry.NullOf(t.User.ID), Roles: t.roles}
	if t.Project != nil {
		claims.Project = registry.NullOf(t.Project.ID)
	}
	return claims
}

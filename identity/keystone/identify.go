// Package keystone finds out who sends a request by asking Keystone about the
// token in it, as the keystone flavour of the old registry did (registry-v1.md,
// 1.5; registry-config.md, 7).
package keystone

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/glancegate/glancegate/compat"
	"github.com/glancegate/glancegate/identity"
	"github.com/glancegate/glancegate/internal/httperror"
	"github.com/glancegate/glancegate/registry/access"
)

// Identifier identifies callers by their tokens. It implements identity.Identifier.
type Identifier struct {
	identity.Rules

	// Peers may send requests; if none is named, everyone may.
	Peers identity.Peers

	// Validator asks Keystone.
	Validator *Validator

	// AuthenticateURI is the address where clients log in.
	AuthenticateURI string

	// ServiceRoles are the roles of services that may vouch for an expired
	// token, compared exactly.
	ServiceRoles []string

	// ServiceRolesRequired refuses service tokens without such a role.
	ServiceRolesRequired bool

	// Delay takes requests without a valid token for unconfirmed ones.
	Delay bool

	// Release is the one whose 401 clients expect.
	Release compat.Release
}

// Identify implements identity.Identifier. Before all else it removes the
// identity headers of the request. It refuses with
//
//	401  no valid token
//	403  a peer that is not named (identity.ErrPeer)
//	431  an over-long request id
//	503  Keystone can't be asked
func (i *Identifier) Identify(r *http.Request) (access.Caller, error) {
	identity.StripHeaders(r.Header)
	if err := i.Peers.Refuse(r); err != nil {
		return access.Caller{}, err
	}
	vouched, err := i.service(r)
	if err != nil && !i.Delay {
		return access.Caller{}, i.refuse(err)
	}
	token, err := i.validate(r.Context(), userToken(r.Header), vouched)
	switch {
	case err == nil:
	case i.Delay:
		return i.Unconfirmed()
	default:
		return access.Caller{}, i.refuse(err)
	}
	claims := token.claims()
	claims.Named = vouched || i.Peers.Any()
	caller, err := i.Confirmed(r.Header, claims)
	caller.Scope = token.scope
	return caller, err
}

// service validates the token of a service, if there is one, and reports
// whether it vouches for the user's.
func (i *Identifier) service(r *http.Request) (vouched bool, err error) {
	text := tokenIn(r.Header, "X-Service-Token")
	if text == "" {
		return false, nil
	}
	token, err := i.validate(r.Context(), text, false)
	if err != nil {
		return false, err
	}
	vouched = token.hasRole(i.ServiceRoles)
	if !vouched && i.ServiceRolesRequired {
		return false, errInvalid
	}
	return vouched, nil
}

func (i *Identifier) validate(ctx context.Context, token string, allowExpired bool) (*Token, error) {
	if token == "" {
		return nil, errInvalid
	}
	return i.Validator.Validate(ctx, token, allowExpired)
}

// refuse is the answer to a request whose token is not known to be valid.
func (i *Identifier) refuse(err error) error {
	if errors.Is(err, errInvalid) {
		page := i.unauthorized()
		page.Err = err
		return page
	}
	page := httperror.Unavailable("The Keystone service is temporarily unavailable.")
	page.Err = err
	return page
}

// unauthorized is the 401 of the middleware, which has a form of its own.
func (i *Identifier) unauthorized() *httperror.Error {
	page := httperror.Unauthorized("")
	page.Raw = `{"error": {"message": "The request you have made requires authentication.", "code": 401, "title": "Unauthorized"}}`
	page.RawType = "application/json"
	switch i.Release {
	case compat.Mitaka:
		page.Raw, page.RawType = "Authentication required", "text/html; charset=UTF-8"
	case compat.Newton, compat.Ocata:
		page.RawType = "application/json; charset=UTF-8"
	}
	return page
}

// Challenge is the WWW-Authenticate field that every 401 has.
func (i *Identifier) Challenge() string {
	quote := `"`
	if i.Release < compat.Rocky {
		quote = "'"
	}
	return "Keystone uri=" + quote + i.AuthenticateURI + quote
}

func userToken(h http.Header) string {
	return cmp.Or(tokenIn(h, "X-Auth-Token"), tokenIn(h, "X-Storage-Token"))
}

// tokenIn returns a token without surrounding blanks. A repeated field is joined, which
// is not a valid token.
func tokenIn(h http.Header, name string) string {
	return strings.TrimSpace(strings.Join(h[name], ","))
}

// Interface guard
var _ identity.Identifier = (*Identifier)(nil)

package identity

import (
	"encoding/json"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/glancegate/glancegate/internal/httperror"
	"github.com/glancegate/glancegate/registry/access"
)

// Trusted accepts the identity headers of the peers that may send them. The trusted-auth
// flavour of the old service accepted those of everyone (registry-v1.md, 1.6).
type Trusted struct {
	Rules

	// Peers may send the headers.
	Peers Peers

	// FromDefault also accepts headers from loopback and Unix sockets, but not with
	// fields that proxies add: X-Forwarded-For and the like, Forwarded, X-Real-IP or
	// Via.
	FromDefault bool
}

// Identify implements Identifier. It refuses with
//
//	400  a service catalog that is no JSON, or an id that is no UTF-8
//	401  an identity that is not confirmed
//	403  identity headers from a peer that may not send them (ErrPeer)
//	431  an over-long request id
func (t *Trusted) Identify(r *http.Request) (access.Caller, error) {
	trust := t.trustIn(r)
	if trust == untrusted && hasIdentity(r.Header) {
		return access.Caller{}, t.peerRefused(r)
	}
	if status, _ := value(r.Header, identityStatus); trust == untrusted || status != "Confirmed" {
		return t.Unconfirmed()
	}
	if err := checkHeaders(r.Header); err != nil {
		return access.Caller{}, err
	}
	claims := claimsIn(r.Header)
	claims.Named = trust == trustedByName
	return t.Confirmed(r.Header, claims)
}

// claimsIn reads the identity headers.
func claimsIn(h http.Header) Claims {
	var claims Claims
	claims.Project.V, claims.Project.Valid = firstOf(h, projectID, tenantID, tenantName)
	claims.User.V, claims.User.Valid = firstOf(h, userID, userName)
	roles, _ := firstOf(h, rolesField, roleField)
	claims.Roles = parseRoles(roles)
	claims.UserDomain.V, claims.UserDomain.Valid = value(h, userDomainID)
	claims.ProjectDomain.V, claims.ProjectDomain.Valid = value(h, projectDomainID)
	claims.Domain.V, claims.Domain.Valid = value(h, domainID)
	claims.SystemScope.V, claims.SystemScope.Valid = value(h, systemScope)
	adminProject, ok := value(h, isAdminProject)
	claims.NoAdminProject = ok && !strings.EqualFold(adminProject, "true")
	return claims
}

// checkHeaders refuses what the old service failed on.
func checkHeaders(h http.Header) error {
	if catalog, ok := value(h, serviceCatalog); ok && catalog != "null" && !json.Valid([]byte(catalog)) {
		return httperror.BadRequest("Invalid service catalog json. The header " + serviceCatalog + " must be valid JSON or absent.")
	}
	for _, name := range []string{projectID, tenantID, tenantName, userID, userName} {
		if id, _ := value(h, name); !utf8.ValidString(id) {
			return httperror.BadRequest("The header " + name + " must be UTF-8.")
		}
	}
	return nil
}

// peerRefused names the missing setting, which helps the operator to find the reason.
func (t *Trusted) peerRefused(r *http.Request) *httperror.Error {
	if t.FromDefault && isLocal(r) {
		return refusePeer(r, "Identity headers are", "These", "which may send them by default, but not along with "+
			forwardedBy(r.Header)+": they may be those of anyone behind a proxy")
	}
	return refusePeer(r, "Identity headers are", "These", t.Peers.missing(r))
}

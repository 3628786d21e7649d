package identity

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/httperror"
)

// Trusted believes the identity headers of the peers that may send them, as
// the trusted-auth flavour of the old service believed those of everyone
// (registry-v1.md, 1.6).
type Trusted struct {
	// From, FromUnix and ClientCertificates name the peers; to be named by
	// one of them is enough.
	//
	// From has their addresses. 0.0.0.0/0 does not cover IPv6 and ::/0 not
	// IPv4.
	From []netip.Prefix

	// FromUnix names the peers on Unix sockets.
	FromUnix bool

	// ClientCertificates are common names or DNS names of certificates that
	// the server has verified, compared exactly.
	ClientCertificates []string

	// FromDefault lets peers on loopback and on Unix sockets send the headers
	// too, but not along with X-Forwarded-For, Forwarded or Via.
	FromDefault bool

	// AdminRole makes admins, in addition to the role "admin". Its case does
	// not matter.
	AdminRole string

	// OwnerIsTenant makes the project the owner of images, not the user.
	OwnerIsTenant bool

	// AllowAnonymous lets requests without a confirmed identity read.
	AllowAnonymous bool

	// MaxRequestID is the longest request id taken, in bytes; 0 is no limit.
	MaxRequestID int
}

// Identify implements Identifier. It refuses with
//
//	400  a service catalog that is no JSON, or an id that is no UTF-8
//	401  an identity that is not confirmed
//	403  identity headers from a peer that may not send them (ErrPeer)
//	431  an over-long request id
func (t *Trusted) Identify(r *http.Request) (registry.Caller, error) {
	trust := t.trustIn(r)
	if trust == untrusted && hasIdentity(r.Header) {
		return registry.Caller{}, t.peerRefused(r)
	}
	if status, _ := value(r.Header, identityStatus); trust == untrusted || status != "Confirmed" {
		if t.AllowAnonymous {
			return anonymous(), nil
		}
		return registry.Caller{}, httperror.Unauthorized("")
	}
	if err := t.check(r.Header); err != nil {
		return registry.Caller{}, err
	}
	caller := t.caller(r.Header)
	caller.MaySetLocations = caller.Admin || trust == trustedByName || slices.Contains(caller.Roles, serviceRole)
	return caller, nil
}

// caller reads the identity headers.
func (t *Trusted) caller(h http.Header) registry.Caller {
	project, hasProject := firstOf(h, projectID, tenantID, tenantName)
	user, hasUser := firstOf(h, userID, userName)
	roles, _ := firstOf(h, rolesField, roleField)
	caller := registry.Caller{User: user, Project: project, Roles: parseRoles(roles)}
	caller.Admin = t.isAdmin(caller.Roles)
	caller.Owner.V, caller.Owner.Valid = user, hasUser
	if t.OwnerIsTenant {
		caller.Owner.V, caller.Owner.Valid = project, hasProject
	}
	if caller.RequestID, _ = value(h, requestID); caller.RequestID == "" {
		caller.RequestID = newRequestID()
	}
	return caller
}

func (t *Trusted) isAdmin(roles []string) bool {
	if slices.Contains(roles, adminRole) {
		return true
	}
	role := lower(strings.TrimSpace(t.AdminRole))
	return role != "" && slices.Contains(roles, role)
}

// check refuses what the old service failed on.
func (t *Trusted) check(h http.Header) error {
	if catalog, ok := value(h, serviceCatalog); ok && catalog != "null" && !json.Valid([]byte(catalog)) {
		return httperror.BadRequest("Invalid service catalog json. The header " + serviceCatalog + " must be valid JSON or absent.")
	}
	if id, _ := value(h, requestID); t.MaxRequestID > 0 && len(id) > t.MaxRequestID {
		return httperror.HeaderTooLarge(fmt.Sprintf("The header %s has %d bytes; the limit is %d.", requestID, len(id), t.MaxRequestID))
	}
	for _, name := range []string{projectID, tenantID, tenantName, userID, userName} {
		if id, _ := value(h, name); !utf8.ValidString(id) {
			return httperror.BadRequest("The header " + name + " must be UTF-8.")
		}
	}
	return nil
}

// peerRefused tells the peer, and so the operator who looks for the reason,
// which setting is missing.
func (t *Trusted) peerRefused(r *http.Request) *httperror.Error {
	peer := "a Unix socket"
	if !isUnix(r) {
		peer = r.RemoteAddr
		if address, ok := peerAddress(r); ok {
			peer = address.String()
		}
	}
	reason := "which is not named there"
	if t.FromDefault && isLocal(r) {
		reason = "which may send them by default, but not along with " + forwardedBy(r.Header) +
			": they may be those of anyone behind a proxy"
	}
	err := httperror.Forbidden("Identity headers are taken only from peers that the directive `from` names. " +
		"These came from " + peer + ", " + reason + ".")
	err.Err = ErrPeer
	return err
}

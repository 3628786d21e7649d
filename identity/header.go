package identity

import (
	"net/http"
	"slices"
	"strings"
)

// Header fields that Identify reads, in canonical form.
const (
	identityStatus = "X-Identity-Status"
	userID         = "X-User-Id"
	userName       = "X-User" // the name, for want of an id
	projectID      = "X-Project-Id"
	tenantID       = "X-Tenant-Id"
	tenantName     = "X-Tenant" // the name, for want of an id
	rolesField     = "X-Roles"
	roleField      = "X-Role"
	serviceCatalog = "X-Service-Catalog"

	userDomainID    = "X-User-Domain-Id"
	projectDomainID = "X-Project-Domain-Id"
	domainID        = "X-Domain-Id"
	systemScope     = "Openstack-System-Scope"
	isAdminProject  = "X-Is-Admin-Project"

	requestID = "X-Openstack-Request-Id"
)

// names are the fields that make up an identity (registry-v1.md, 1.5). The
// tokens are none of them: what is passed on is to be validated elsewhere. All are
// in canonical form.
var names = headerNames()

func headerNames() []string {
	names := []string{
		identityStatus, "X-Service-Identity-Status", serviceCatalog, isAdminProject, systemScope,
	}
	for _, name := range []string{
		"User-Id", "User-Name", "User-Domain-Id", "User-Domain-Name", "User",
		"Project-Id", "Project-Name", "Project-Domain-Id", "Project-Domain-Name",
		"Domain-Id", "Domain-Name", "Tenant-Id", "Tenant-Name", "Tenant",
		"Roles", "Role",
	} {
		names = append(names, "X-"+name, "X-Service-"+name)
	}
	slices.Sort(names)
	return names
}

// StripHeaders removes every field that makes up an identity, so that no one
// can bring an identity of his own to whom a request is passed on. It finds
// them in any spelling that a server may take for theirs: WSGI and CGI know no
// case and no difference between "-" and "_", and some servers none between
// these and ".".
func StripHeaders(h http.Header) {
	for name := range h {
		if isIdentity(name) {
			delete(h, name)
		}
	}
}

// hasIdentity reports whether any field is part of an identity.
func hasIdentity(h http.Header) bool {
	for name := range h {
		if isIdentity(name) {
			return true
		}
	}
	return false
}

// folded has the results of fold for the names.
var folded, longest = func() (map[string]bool, int) {
	folded, longest := make(map[string]bool, len(names)), 0
	for _, name := range names {
		folded[strings.ToLower(name)] = true
		longest = max(longest, len(name))
	}
	return folded, longest
}()

func isIdentity(name string) bool {
	var buffer [32]byte
	if len(name) > longest {
		return false
	}
	return folded[string(fold(buffer[:0], name))]
}

// fold appends name in lower case, with "-" between the words.
func fold(dst []byte, name string) []byte {
	for i := range len(name) {
		c := name[i]
		switch {
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		case c == '_', c == '.':
			c = '-'
		}
		dst = append(dst, c)
	}
	return dst
}

// value returns a field and whether it exists. A repeated field is joined, as the old
// server did, so that neither of two different identities is valid.
func value(h http.Header, name string) (string, bool) {
	switch values := h[name]; len(values) {
	case 0:
		return "", false
	case 1:
		return values[0], true
	default:
		return strings.Join(values, ","), true
	}
}

// firstOf returns the first field that exists, even if it is empty.
func firstOf(h http.Header, names ...string) (string, bool) {
	for _, name := range names {
		if v, ok := value(h, name); ok {
			return v, true
		}
	}
	return "", false
}

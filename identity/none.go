package identity

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/glancegate/glancegate/internal/httperror"
	"github.com/glancegate/glancegate/registry/access"
)

// None makes every caller an admin without an owner and reads no identity headers, as
// the default flavour of the old service did (registry-v1.md, 1.7). It is for clients on
// this host, so it refuses requests that may come from elsewhere through a proxy or a
// browser on this host.
type None struct {
	// Unsafe accepts all requests.
	Unsafe bool

	// Names are the host names by which clients call this service, besides
	// localhost and addresses of loopback. Their case does not matter.
	Names []string
}

// Identify implements Identifier. It refuses with a 403.
func (n *None) Identify(r *http.Request) (access.Caller, error) {
	if reason := n.foreign(r); reason != "" {
		err := httperror.Forbidden("Everyone is an admin here (`identity none`), so only clients on this host are served. This request " + reason +
			". Use `identity trusted` or `identity keystone`, or add `unsafe`.")
		err.Err = ErrPeer
		return access.Caller{}, err
	}
	return access.Caller{Admin: true, Trusted: true, RequestID: newRequestID()}, nil
}

// foreign says in words why a request may come from elsewhere; empty: it does not.
func (n *None) foreign(r *http.Request) string {
	if n.Unsafe {
		return ""
	}
	if _, ok := r.Header["Origin"]; ok {
		return "has the field Origin, as those of browsers do"
	}
	if name := forwardedBy(r.Header); name != "" {
		return "has the field " + name + ", as those of proxies do"
	}
	// A web page whose host name leads to this host sends that name. Only programs of
	// this host reach a Unix socket.
	if !isUnix(r) && !n.called(r.Host) {
		return "is for the host " + r.Host + ", which is not a name of this service"
	}
	return ""
}

// called reports whether a Host field names this service. HTTP/1.0 has no such field.
func (n *None) called(host string) bool {
	if host == "" {
		return true
	}
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
	if address, err := netip.ParseAddr(host); err == nil {
		return address.Unmap().IsLoopback()
	}
	return host == "localhost" || slices.ContainsFunc(n.Names, func(name string) bool { return strings.EqualFold(name, host) })
}

// anonymous is the caller of a request without an identity, if such requests are allowed
// (registry-v1.md, 1.6, "Gate").
func anonymous() access.Caller {
	return access.Caller{ReadOnly: true, RequestID: newRequestID()}
}

package identity

import (
	"crypto/x509"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"

	"github.com/glancegate/glancegate/internal/httperror"
)

// trust says whether a peer may send the identity of the caller.
type trust int

const (
	untrusted trust = iota
	trustedByDefault
	trustedByName // the configuration names the peer
)

// trustIn returns the trust in the other end of the connection. Forwarded addresses
// never count, since every client can send them.
func (t *Trusted) trustIn(r *http.Request) trust {
	if t.Peers.Include(r) {
		return trustedByName
	}
	// A proxy on this host connects from loopback for all its clients.
	if t.FromDefault && isLocal(r) && forwardedBy(r.Header) == "" {
		return trustedByDefault
	}
	return untrusted
}

// Peers are the peers that the configuration names. If it names addresses and
// certificates, a peer must match both.
type Peers struct {
	// From has addresses. 0.0.0.0/0 does not cover IPv6 and ::/0 not IPv4.
	From []netip.Prefix

	// FromUnix names the peers on Unix sockets.
	FromUnix bool

	// ClientCertificates are names in certificates that the server has
	// verified, compared exactly: the common name, or a DNS name, an IP
	// address, an e-mail address or a URI among the alternative names.
	ClientCertificates []string
}

// Any reports whether any peer is named.
func (p *Peers) Any() bool { return p.hasAddresses() || len(p.ClientCertificates) > 0 }

// Include reports whether the other end of the connection is one of the peers. Forwarded
// addresses never count, since every client can send them.
func (p *Peers) Include(r *http.Request) bool {
	return p.missing(r) == ""
}

// Refuse returns a 403, which wraps ErrPeer, unless the other end is one of the peers or
// no peers are named.
func (p *Peers) Refuse(r *http.Request) error {
	if !p.Any() || p.Include(r) {
		return nil
	}
	return refusePeer(r, "Requests are", "This one", p.missing(r))
}

func (p *Peers) hasAddresses() bool { return p.FromUnix || len(p.From) > 0 }

// missing says in words why a peer does not match.
func (p *Peers) missing(r *http.Request) string {
	switch {
	case !p.Any() || p.hasAddresses() && !p.namesAddress(r):
		return "which is not named there"
	case len(p.ClientCertificates) > 0 && !p.namesCertificate(r):
		return "which showed no client certificate with a name in `client_certificate`"
	}
	return ""
}

func (p *Peers) namesAddress(r *http.Request) bool {
	if isUnix(r) {
		return p.FromUnix
	}
	peer, ok := peerAddress(r)
	if !ok {
		return false
	}
	for _, prefix := range p.From {
		if prefix.Contains(peer) {
			return true
		}
	}
	return false
}

// namesCertificate reports whether the peer has a certificate that was verified
// and that bears one of the names.
func (p *Peers) namesCertificate(r *http.Request) bool {
	if r.TLS == nil || len(r.TLS.VerifiedChains) == 0 || len(r.TLS.VerifiedChains[0]) == 0 {
		return false
	}
	leaf := r.TLS.VerifiedChains[0][0]
	for _, name := range p.ClientCertificates {
		if name != "" && bears(leaf, name) {
			return true
		}
	}
	return false
}

func bears(leaf *x509.Certificate, name string) bool {
	return name == leaf.Subject.CommonName ||
		slices.Contains(leaf.DNSNames, name) ||
		slices.Contains(leaf.EmailAddresses, name) ||
		slices.ContainsFunc(leaf.IPAddresses, func(ip net.IP) bool { return ip.String() == name }) ||
		slices.ContainsFunc(leaf.URIs, func(uri *url.URL) bool { return uri.String() == name })
}

// refusePeer is the 403 for a peer.
func refusePeer(r *http.Request, taken, these, reason string) *httperror.Error {
	peer := "a Unix socket"
	if !isUnix(r) {
		peer = r.RemoteAddr
		if address, ok := peerAddress(r); ok {
			peer = address.String()
		}
	}
	err := httperror.Forbidden(taken + " taken only from peers that the directive `from` names. " +
		these + " came from " + peer + ", " + reason + ".")
	err.Err = ErrPeer
	return err
}

// peerAddress is the IP address of the peer, without a zone, and as IPv4 where
// it is one.
func peerAddress(r *http.Request) (netip.Addr, bool) {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}, false
	}
	return peer.Addr().Unmap().WithZone(""), true
}

// isLocal reports whether the peer is on this host.
func isLocal(r *http.Request) bool {
	peer, ok := peerAddress(r)
	return ok && peer.IsLoopback() || isUnix(r)
}

// isUnix reports whether the request came through a Unix socket, whose peers
// have no name, "@", or a path.
func isUnix(r *http.Request) bool {
	return r.RemoteAddr == "" || r.RemoteAddr[0] == '@' || r.RemoteAddr[0] == '/'
}

// forwardedBy is the name of a field that proxies add, if the request has one.
func forwardedBy(h http.Header) string {
	for _, name := range proxyFields {
		if _, ok := h[name]; ok {
			return name
		}
	}
	return ""
}

// proxyFields are those that proxies add, as Go spells them. glance-api sends
// none of them.
var proxyFields = []string{
	"X-Forwarded-For", "Forwarded", "Via", "X-Real-Ip", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port",
	"X-Forwarded-Server", "X-Forwarded-Prefix", "X-Forwarded-Scheme", "X-Forwarded-Ssl", "X-Forwarded", "Forwarded-For",
	"X-Original-Forwarded-For", "X-Client-Ip", "X-Cluster-Client-Ip", "True-Client-Ip", "Cf-Connecting-Ip",
}

// PeerAddress is the other end of a connection without its port, from the RemoteAddr of
// a request.
func PeerAddress(remote string) string {
	if host, _, err := net.SplitHostPort(remote); err == nil {
		return host
	}
	return remote // a Unix socket
}

package identity

import (
	"net/http"
	"net/netip"
	"slices"
)

// trust is how far a peer may say who the caller is.
type trust int

const (
	untrusted trust = iota
	trustedByDefault
	trustedByName // the configuration names the peer
)

// trustIn judges the other end of the connection. Forwarded addresses never
// count: anybody can write them.
func (t *Trusted) trustIn(r *http.Request) trust {
	if t.named(r) {
		return trustedByName
	}
	// A proxy on this host connects from loopback for the whole world.
	if t.FromDefault && isLocal(r) && forwardedBy(r.Header) == "" {
		return trustedByDefault
	}
	return untrusted
}

func (t *Trusted) named(r *http.Request) bool {
	if t.FromUnix && isUnix(r) {
		return true
	}
	if len(t.From) > 0 {
		if peer, ok := peerAddress(r); ok {
			for _, prefix := range t.From {
				if prefix.Contains(peer) {
					return true
				}
			}
		}
	}
	return t.namesCertificate(r)
}

// namesCertificate reports whether the peer has a certificate that was verified
// and that bears one of the names.
func (t *Trusted) namesCertificate(r *http.Request) bool {
	if len(t.ClientCertificates) == 0 || r.TLS == nil || len(r.TLS.VerifiedChains) == 0 || len(r.TLS.VerifiedChains[0]) == 0 {
		return false
	}
	leaf := r.TLS.VerifiedChains[0][0]
	for _, name := range t.ClientCertificates {
		if name != "" && (name == leaf.Subject.CommonName || slices.Contains(leaf.DNSNames, name)) {
			return true
		}
	}
	return false
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
	for _, name := range []string{"X-Forwarded-For", "Forwarded", "Via"} {
		if _, ok := h[name]; ok {
			return name
		}
	}
	return ""
}

package caddymodule

import (
	"fmt"
	"net/netip"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/glancegate/glancegate/identity"
)

func init() {
	caddy.RegisterModule(TrustedIdentity{})
}

// TrustedIdentity believes the identity headers that glance-api nodes send, as
// the trusted-auth flavour of the old registry did, but only from the peers
// that may send them.
type TrustedIdentity struct {
	// Peers that may send identity headers: addresses, networks in CIDR
	// notation, and `unix` for Unix sockets. Default: loopback, without
	// `X-Forwarded-For`, `Forwarded` and `Via`, so that a proxy on this host
	// does not let everyone in.
	From []string `json:"from,omitempty"`

	// Names in the client certificates of peers that may send identity
	// headers. The site has to verify client certificates. Default: none.
	ClientCertificate []string `json:"client_certificate,omitempty"`

	trusted identity.Trusted
}

// CaddyModule returns the Caddy module information.
func (TrustedIdentity) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "glance_registry.identity.trusted",
		New: func() caddy.Module { return new(TrustedIdentity) },
	}
}

// Provision reads the names of the peers.
func (t *TrustedIdentity) Provision(caddy.Context) error {
	for _, peer := range t.From {
		peer, err := expand(peer)
		if err != nil {
			return fmt.Errorf("from: %w", err)
		}
		if peer == "unix" {
			t.trusted.FromUnix = true
			continue
		}
		prefix, err := parsePrefix(peer)
		if err != nil {
			return fmt.Errorf("from: %q is no address, no network in CIDR notation and not `unix`", peer)
		}
		t.trusted.From = append(t.trusted.From, prefix)
	}
	for _, name := range t.ClientCertificate {
		name, err := expand(name)
		if err != nil {
			return fmt.Errorf("client_certificate: %w", err)
		}
		t.trusted.ClientCertificates = append(t.trusted.ClientCertificates, name)
	}
	t.trusted.FromDefault = !t.namesPeers()
	return nil
}

// UnmarshalCaddyfile sets up the module from Caddyfile tokens.
//
//	identity trusted {
//		from               <cidr|unix...>
//		client_certificate <name...>
//	}
func (t *TrustedIdentity) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next()
	if d.NextArg() {
		return usage(d, "identity trusted { ... }")
	}
	return trustedGrammar.block(d, "identity trusted", t)
}

var trustedGrammar = grammar[TrustedIdentity]{
	"from":               texts("cidr|unix", func(t *TrustedIdentity) *[]string { return &t.From }),
	"client_certificate": texts("name", func(t *TrustedIdentity) *[]string { return &t.ClientCertificate }),
}

func (t *TrustedIdentity) identifier(rules identityRules) identity.Identifier {
	trusted := t.trusted
	trusted.AdminRole = rules.adminRole
	trusted.OwnerIsTenant = rules.ownerIsTenant
	trusted.AllowAnonymous = rules.allowAnonymous
	trusted.MaxRequestID = rules.maxRequestID
	return &trusted
}

func (t *TrustedIdentity) namesPeers() bool { return len(t.From)+len(t.ClientCertificate) > 0 }

// parsePrefix reads a network; an address is a network of one.
func parsePrefix(s string) (netip.Prefix, error) {
	if ip, err := netip.ParseAddr(s); err == nil {
		ip = ip.Unmap()
		return netip.PrefixFrom(ip, ip.BitLen()), nil
	}
	return netip.ParsePrefix(s)
}

// Interface guards
var (
	_ caddy.Provisioner     = (*TrustedIdentity)(nil)
	_ caddyfile.Unmarshaler = (*TrustedIdentity)(nil)
	_ identitySource        = (*TrustedIdentity)(nil)
)

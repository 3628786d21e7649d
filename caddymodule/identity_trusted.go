package caddymodule

import (
	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/glancegate/glancegate/identity"
)

func init() {
	caddy.RegisterModule(TrustedIdentity{})
}

// TrustedIdentity believes the identity headers that glance-api nodes send, as
// the trusted-auth flavour of the old registry did, but only from the peers
// that may send them. Default: loopback, without what proxies add: `Forwarded`,
// `X-Forwarded-For` and its relatives, `X-Real-IP`, `Via`, so that a proxy on this host does not let everyone in.
type TrustedIdentity struct {
	Peers
}

// CaddyModule returns the Caddy module information.
func (TrustedIdentity) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "glance_registry.identity.trusted",
		New: func() caddy.Module { return new(TrustedIdentity) },
	}
}

// Provision reads the names of the peers.
func (t *TrustedIdentity) Provision(ctx caddy.Context) error {
	if err := t.provision(); err != nil {
		return err
	}
	return t.validate(ctx)
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

var trustedGrammar = peersGrammar(func(t *TrustedIdentity) *Peers { return &t.Peers })

func (t *TrustedIdentity) identifier(rules identityRules) identity.Identifier {
	return &identity.Trusted{Rules: rules.Rules, Peers: t.peers, FromDefault: !t.namesPeers()}
}

// Interface guards
var (
	_ caddy.Provisioner     = (*TrustedIdentity)(nil)
	_ caddyfile.Unmarshaler = (*TrustedIdentity)(nil)
	_ identitySource        = (*TrustedIdentity)(nil)
)

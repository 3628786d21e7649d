package caddymodule

import (
	"fmt"
	"net/netip"
	"os"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/glancegate/glancegate/identity"
)

func init() {
	caddy.RegisterModule(NoIdentity{})
}

// NoIdentity makes every caller an admin, as the default flavour of the old registry
// did. It is refused if other hosts can connect. Requests that may come from elsewhere
// through a client on this host are refused, too: those with the field `Origin`, with a
// field that proxies add, or for the host name of another service.
type NoIdentity struct {
	// Serve all requests on all listeners: everyone who can connect can read, change
	// and delete all images. Default: false.
	Unsafe bool `json:"unsafe,omitempty"`

	server *caddyhttp.Server
}

// CaddyModule returns the Caddy module information.
func (NoIdentity) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "glance_registry.identity.none",
		New: func() caddy.Module { return new(NoIdentity) },
	}
}

// Provision sets up n.
func (n *NoIdentity) Provision(ctx caddy.Context) error {
	n.server, _ = ctx.Value(caddyhttp.ServerCtxKey).(*caddyhttp.Server)
	return nil
}

// Validate refuses listeners that are not private to this host.
func (n *NoIdentity) Validate() error {
	if n.Unsafe {
		return nil
	}
	if n.server == nil {
		return fmt.Errorf("everyone is an admin here, and the listener is not known; use `identity trusted`, or add `unsafe`")
	}
	for _, address := range n.server.Listen {
		if !isPrivate(address) {
			return fmt.Errorf("everyone is an admin here, and others can connect to %s; "+
				"write `bind 127.0.0.1` in the site, use `identity trusted`, or add `unsafe`", address)
		}
	}
	return nil
}

// UnmarshalCaddyfile sets up the module from Caddyfile tokens.
//
//	identity none [unsafe]
func (n *NoIdentity) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	const form = "identity none [unsafe]"
	d.Next()
	if d.NextArg() {
		if n.Unsafe = d.Val() == "unsafe"; !n.Unsafe || d.NextArg() {
			return usage(d, form)
		}
	}
	if d.NextBlock(0) {
		return usage(d, form)
	}
	return nil
}

func (n *NoIdentity) identifier(identityRules) identity.Identifier {
	return &identity.None{Unsafe: n.Unsafe, Names: n.names()}
}

// names returns the host names of the server: that of this host, and those of its
// listeners and sites.
func (n *NoIdentity) names() []string {
	var names []string
	if host, err := os.Hostname(); err == nil {
		names = append(names, host)
	}
	if n.server == nil {
		return names
	}
	for _, address := range n.server.Listen {
		if parsed, err := caddy.ParseNetworkAddress(address); err == nil && parsed.Host != "" {
			names = append(names, parsed.Host)
		}
	}
	for _, route := range n.server.Routes {
		for _, set := range route.MatcherSets {
			for _, matcher := range set {
				if hosts, ok := matcher.(*caddyhttp.MatchHost); ok {
					names = append(names, *hosts...)
				}
			}
		}
	}
	return names
}

func (n *NoIdentity) namesPeers() bool { return false }

// isPrivate reports whether only this host can connect to a listener.
func isPrivate(address string) bool {
	parsed, err := caddy.ParseNetworkAddress(address)
	if err != nil {
		return false
	}
	if parsed.IsUnixNetwork() || parsed.Host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(parsed.Host)
	return err == nil && ip.Unmap().IsLoopback()
}

// Interface guards
var (
	_ caddy.Provisioner     = (*NoIdentity)(nil)
	_ caddy.Validator       = (*NoIdentity)(nil)
	_ caddyfile.Unmarshaler = (*NoIdentity)(nil)
	_ identitySource        = (*NoIdentity)(nil)
)

// Package listening finds out whether another process has the port of a server.
package listening

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
)

// Server is a Caddy server with a glance_registry handler.
type Server struct {
	addresses []string // as Caddy writes them
	share     bool     // the ports may be another process's, too
}

// On returns the server for which a handler is provisioned.
func On(ctx caddy.Context, share bool) Server {
	server, ok := ctx.Value(caddyhttp.ServerCtxKey).(*caddyhttp.Server)
	if !ok {
		return Server{}
	}
	return Server{addresses: server.Listen, share: share}
}

// Check refuses ports on which another process listens. Caddy opens its sockets with
// SO_REUSEPORT, so two gateways of one user can listen on the same port, and the kernel
// distributes connections between them.
func (s Server) Check() error {
	if s.share {
		return nil
	}
	for _, text := range s.addresses {
		address, err := caddy.ParseNetworkAddress(text)
		if err != nil || !strings.HasPrefix(address.Network, "tcp") {
			continue
		}
		for port := range address.PortRangeSize() {
			listen := address.JoinHostPort(port)
			if other, taken := takenByOthers(address.Host, uint16(address.StartPort+port)); taken {
				return fmt.Errorf("another process already listens on %s and would get some of the requests to %s; "+
					"stop it first, or write `share_port` in glance_registry if this is intended", other, listen)
			}
		}
	}
	return nil
}

// IsLocal reports whether a host name leads to this host only.
func IsLocal(host string) bool {
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}

// takenByOthers finds a socket of another process that listens on a port, and
// whose address is, or includes, or is a part of the given one; no host is every
// address.
func takenByOthers(host string, port uint16) (netip.AddrPort, bool) {
	wanted, err := netip.ParseAddr(host)
	if err != nil && host != "" {
		if host != "localhost" {
			return netip.AddrPort{}, false
		}
		wanted = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	_, others := listeners()
	for _, other := range others {
		everywhere := host == "" || wanted.IsUnspecified() || other.Addr().IsUnspecified()
		if other.Port() == port && (everywhere || other.Addr().Unmap() == wanted.Unmap()) {
			return other, true
		}
	}
	return netip.AddrPort{}, false
}

// CheckAdmin refuses an address of the admin API that another process has, too: each
// would get a share of what is meant for the other. The addresses of sites are left
// to their handlers.
func CheckAdmin(ctx caddy.Context) error {
	ofSites := map[uint16]bool{}
	if app, err := ctx.AppIfConfigured("http"); err == nil {
		for _, server := range app.(*caddyhttp.App).Servers {
			for _, text := range server.Listen {
				address, err := caddy.ParseNetworkAddress(text)
				if err != nil {
					continue
				}
				for port := range address.PortRangeSize() {
					ofSites[uint16(address.StartPort+port)] = true
				}
			}
		}
	}
	own, others := listeners()
	for _, a := range own {
		if ofSites[a.Port()] || !a.Addr().IsLoopback() {
			continue
		}
		for _, b := range others {
			if a.Port() == b.Port() && a.Addr().Unmap() == b.Addr().Unmap() {
				return fmt.Errorf("another process listens on %s, the address of the admin API, and would get a share of its requests; "+
					"give this one another address, or none, with the global option `admin` (with an old configuration: GLANCE_REGISTRY_ADMIN)", b)
			}
		}
	}
	return nil
}

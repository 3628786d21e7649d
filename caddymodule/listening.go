package caddymodule

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
)

// listening is a server with a handler of ours.
type listening struct {
	addresses []string // as Caddy writes them
	share     bool     // the ports may be another process's, too
}

// serverOf is the server that a handler is provisioned for.
func serverOf(ctx caddy.Context, share bool) listening {
	server, ok := ctx.Value(caddyhttp.ServerCtxKey).(*caddyhttp.Server)
	if !ok {
		return listening{}
	}
	return listening{addresses: server.Listen, share: share}
}

// check refuses ports that another process listens on. Caddy opens its sockets
// with SO_REUSEPORT, so that two gateways of one user can have the same port, and
// the kernel deals out connections among them.
func (l listening) check() error {
	if l.share {
		return nil
	}
	for _, text := range l.addresses {
		address, err := caddy.ParseNetworkAddress(text)
		if err != nil || !strings.HasPrefix(address.Network, "tcp") {
			continue
		}
		for port := range address.PortRangeSize() {
			listen := address.JoinHostPort(port)
			if other, taken := takenByOthers(address.Host, uint16(address.StartPort+port)); taken {
				return fmt.Errorf("another process listens on %s already, and would get a share of the requests to %s; "+
					"stop it first, or write `share_port` in glance_registry if that is meant", other, listen)
			}
		}
	}
	return nil
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
	for _, other := range foreignListeners() {
		everywhere := host == "" || wanted.IsUnspecified() || other.Addr().IsUnspecified()
		if other.Port() == port && (everywhere || other.Addr().Unmap() == wanted.Unmap()) {
			return other, true
		}
	}
	return netip.AddrPort{}, false
}

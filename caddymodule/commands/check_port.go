package commands

import (
	"context"
	"errors"
	"net"
	"strings"
	"syscall"

	"github.com/caddyserver/caddy/v2"
)

// listenChecks test an address of a server.
var listenChecks = []check[string]{{name: "port", run: checkPort}}

func checkPort(_ context.Context, listen string) (result, text string) {
	address, err := caddy.ParseNetworkAddress(listen)
	if err != nil {
		return failedBy(err)
	}
	if !strings.HasPrefix(address.Network, "tcp") {
		return checkSkipped, "only TCP ports are tested"
	}
	for port := range address.PortRangeSize() {
		l, err := net.Listen(address.Network, address.JoinHostPort(port))
		switch {
		case errors.Is(err, syscall.EADDRINUSE):
			return checkWarning, "the port is in use; stop the old glance-registry, or the program that has it, before the gateway starts"
		case errors.Is(err, syscall.EADDRNOTAVAIL):
			return checkFailed, "this host does not have this address"
		case errors.Is(err, syscall.EACCES):
			return checkFailed, "ports below 1024 need a capability (CAP_NET_BIND_SERVICE)"
		case err != nil:
			return failedBy(err)
		}
		_ = l.Close() // nothing was done with it
	}
	return checkOK, "the port is free"
}

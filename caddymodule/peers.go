package caddymodule

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"github.com/caddyserver/caddy/v2/modules/caddytls"

	"github.com/glancegate/glancegate/caddymodule/internal/placeholder"
	"github.com/glancegate/glancegate/identity"
)

// Peers names the other ends of connections. Only the connection counts, never
// forwarded addresses or the server's `trusted_proxies`. If both settings are given, a
// peer must match both.
type Peers struct {
	// Addresses, networks in CIDR notation, and `unix` for Unix sockets.
	From []string `json:"from,omitempty"`

	// Names in client certificates: the common name, or one of the alternative
	// names. The site has to verify client certificates.
	ClientCertificate []string `json:"client_certificate,omitempty"`

	peers identity.Peers
}

// provision reads the names.
func (p *Peers) provision() error {
	for _, peer := range p.From {
		peer, err := placeholder.Expand(peer)
		if err != nil {
			return fmt.Errorf("from: %w", err)
		}
		if peer == "unix" {
			p.peers.FromUnix = true
			continue
		}
		prefix, err := parsePrefix(peer)
		if err != nil {
			return fmt.Errorf("from: %q is not an address, a network in CIDR notation or `unix`", peer)
		}
		p.peers.From = append(p.peers.From, prefix)
	}
	for _, name := range p.ClientCertificate {
		name, err := placeholder.Expand(name)
		if err != nil {
			return fmt.Errorf("client_certificate: %w", err)
		}
		if name == "" {
			return errors.New("client_certificate: a name is empty")
		}
		p.peers.ClientCertificates = append(p.peers.ClientCertificates, name)
	}
	return nil
}

func (p *Peers) namesPeers() bool { return p.peers.Any() }

// validate refuses names of certificates if no site asks clients for one: no peer could
// ever match.
func (p *Peers) validate(ctx caddy.Context) error {
	server, _ := ctx.Value(caddyhttp.ServerCtxKey).(*caddyhttp.Server)
	if len(p.ClientCertificate) == 0 || server == nil || slices.ContainsFunc(server.TLSConnPolicies, verifiesClients) {
		return nil
	}
	return errors.New("client_certificate: no site of this server verifies client certificates; " +
		"add `tls { client_auth { mode require_and_verify ... } }` to the site, or name addresses with `from`")
}

func verifiesClients(p *caddytls.ConnectionPolicy) bool {
	return p.ClientAuthentication != nil && p.ClientAuthentication.Active()
}

// parsePrefix reads a network; an address is a network of one.
func parsePrefix(s string) (netip.Prefix, error) {
	if ip, err := netip.ParseAddr(s); err == nil {
		ip = ip.Unmap()
		return netip.PrefixFrom(ip, ip.BitLen()), nil
	}
	return netip.ParsePrefix(s)
}

// peersGrammar is the subdirectives of every source of identity that knows peers.
func peersGrammar[T any](peers func(*T) *Peers) grammar[T] {
	return grammar[T]{
		"from":               texts("cidr|unix", func(t *T) *[]string { return &peers(t).From }),
		"client_certificate": texts("name", func(t *T) *[]string { return &peers(t).ClientCertificate }),
	}
}

const (
	refusalInterval = time.Minute
	maxRefusedPeers = 1024
)

// refusalLog logs peers that send identity headers or tokens without permission, each at
// most once in an interval.
type refusalLog struct {
	mu     sync.Mutex
	logged map[string]time.Time // by address of the peer
}

// add counts a refusal and logs it if it is time.
func (l *refusalLog) add(logger *zap.Logger, remote string, now time.Time) {
	identityRefusalsTotal.Inc()
	peer := identity.PeerAddress(remote)
	if l.due(peer, now) {
		logger.Warn("refused a peer that `from` and `client_certificate` do not name",
			zap.String("peer", peer))
	}
}

func (l *refusalLog) due(peer string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if last, known := l.logged[peer]; known && now.Sub(last) < refusalInterval {
		return false
	}
	// Clearing bounds the map, and only causes some repeated lines.
	if l.logged == nil || len(l.logged) >= maxRefusedPeers {
		l.logged = make(map[string]time.Time)
	}
	l.logged[peer] = now
	return true
}

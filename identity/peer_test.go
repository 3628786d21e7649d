package identity

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/kit"
)

func TestPeers(t *testing.T) {
	from := func(networks ...string) *Trusted {
		trusted := &Trusted{}
		for _, network := range networks {
			trusted.Peers.From = append(trusted.Peers.From, netip.MustParsePrefix(network))
		}
		return trusted
	}
	unix := &Trusted{Peers: Peers{FromUnix: true}}
	tests := []struct {
		name    string
		trusted *Trusted
		peer    string
		fields  []string
		want    trust
	}{
		{"default, IPv4", standard(), "127.0.0.1:1", nil, trustedByDefault},
		{"default, other loopback", standard(), "127.8.8.8:1", nil, trustedByDefault},
		{"default, IPv6", standard(), "[::1]:1", nil, trustedByDefault},
		{"default, IPv4 in IPv6", standard(), "[::ffff:127.0.0.1]:1", nil, trustedByDefault},
		{"default, unnamed socket", standard(), "@", nil, trustedByDefault},
		{"default, no address", standard(), "", nil, trustedByDefault},
		{"default, socket with a path", standard(), "/run/api.sock", nil, trustedByDefault},
		{"default, elsewhere", standard(), "192.0.2.7:1", nil, untrusted},
		{"default, nonsense", standard(), "localhost:1", nil, untrusted},
		{"default, no port", standard(), "127.0.0.1", nil, untrusted},
		{"default, forwarded", standard(), "127.0.0.1:1", []string{"X-Forwarded-For: 192.0.2.7"}, untrusted},
		{"default, forwarded without an address", standard(), "127.0.0.1:1", []string{"X-Forwarded-For:"}, untrusted},
		{"default, Forwarded", standard(), "[::1]:1", []string{"Forwarded: for=192.0.2.7"}, untrusted},
		{"default, Via", standard(), "@", []string{"Via: 1.1 proxy"}, untrusted},

		{"named", from("10.0.0.0/8"), "10.1.2.3:1", nil, trustedByName},
		{"named second", from("192.0.2.1/32", "10.0.0.0/8"), "10.1.2.3:1", nil, trustedByName},
		{"named, forwarded", from("10.0.0.0/8"), "10.1.2.3:1", []string{"X-Forwarded-For: 192.0.2.7"}, trustedByName},
		{"named, IPv4 in IPv6", from("10.0.0.0/8"), "[::ffff:10.1.2.3]:1", nil, trustedByName},
		{"named, IPv6", from("fd00::/8"), "[fd00::1]:1", nil, trustedByName},
		{"named, IPv6 with a zone", from("fe80::/10"), "[fe80::1%eth0]:1", nil, trustedByName},
		{"a forwarded address does not count", from("10.0.0.0/8"), "192.0.2.7:1", []string{"X-Forwarded-For: 10.1.2.3"}, untrusted},
		{"not named", from("10.0.0.0/8"), "11.1.2.3:1", nil, untrusted},
		{"loopback, not named", from("10.0.0.0/8"), "127.0.0.1:1", nil, untrusted},
		{"socket, not named", from("0.0.0.0/0", "::/0"), "@", nil, untrusted},
		{"nobody is named", from(), "127.0.0.1:1", nil, untrusted},

		{"socket named", unix, "@", nil, trustedByName},
		{"socket named, forwarded", unix, "", []string{"Via: 1.1 proxy"}, trustedByName},
		{"only sockets named", unix, "127.0.0.1:1", nil, untrusted},

		{"named and default", &Trusted{FromDefault: true, Peers: Peers{FromUnix: true}}, "127.0.0.1:1", nil, trustedByDefault},
		{"named before default", &Trusted{FromDefault: true, Peers: Peers{FromUnix: true}}, "@", nil, trustedByName},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := confirmed(tt.fields...)
			r.RemoteAddr = tt.peer
			if got := tt.trusted.trustIn(r); got != tt.want {
				t.Errorf("trust %d, want %d", got, tt.want)
			}
			if _, err := tt.trusted.Identify(r); (err == nil) != (tt.want != untrusted) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestClientCertificates(t *testing.T) {
	leaf := &x509.Certificate{
		Subject:        pkix.Name{CommonName: "glance-api"},
		DNSNames:       []string{"api1.example", "*.example"},
		IPAddresses:    []net.IP{net.ParseIP("192.0.2.7")},
		EmailAddresses: []string{"glance@example"},
		URIs:           []*url.URL{{Scheme: "spiffe", Host: "example", Path: "/glance-api"}},
	}
	verified := &tls.ConnectionState{
		PeerCertificates: []*x509.Certificate{leaf},
		VerifiedChains:   [][]*x509.Certificate{{leaf}},
	}
	nameless := &tls.ConnectionState{VerifiedChains: [][]*x509.Certificate{{{}}}}
	tests := []struct {
		name  string
		names []string
		tls   *tls.ConnectionState
		want  trust
	}{
		{"common name", []string{"x", "glance-api"}, verified, trustedByName},
		{"DNS name", []string{"api1.example"}, verified, trustedByName},
		{"IP address", []string{"192.0.2.7"}, verified, trustedByName},
		{"e-mail address", []string{"glance@example"}, verified, trustedByName},
		{"URI", []string{"spiffe://example/glance-api"}, verified, trustedByName},
		{"a wildcard names nobody else", []string{"api2.example"}, verified, untrusted},
		{"another name", []string{"api2.example"}, verified, untrusted},
		{"no name wanted", nil, verified, untrusted},
		{"an empty name matches nothing", []string{""}, nameless, untrusted},
		{"not verified", []string{"glance-api"}, &tls.ConnectionState{PeerCertificates: verified.PeerCertificates}, untrusted},
		{"no certificate", []string{"glance-api"}, &tls.ConnectionState{}, untrusted},
		{"no TLS", []string{"glance-api"}, nil, untrusted},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := confirmed()
			r.TLS = tt.tls
			if got := (&Trusted{Peers: Peers{ClientCertificates: tt.names}}).trustIn(r); got != tt.want {
				t.Errorf("trust %d, want %d", got, tt.want)
			}
		})
	}
}

// Where addresses and certificates are named, a peer needs both.
func TestAddressAndCertificate(t *testing.T) {
	leaf := &x509.Certificate{Subject: pkix.Name{CommonName: "glance-api"}}
	api := &tls.ConnectionState{VerifiedChains: [][]*x509.Certificate{{leaf}}}
	peers := Peers{
		From:               []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")},
		ClientCertificates: []string{"glance-api"},
	}
	for _, tt := range []struct {
		name, peer string
		tls        *tls.ConnectionState
		lacks      string // empty: nothing
	}{
		{"both", "10.1.2.3:1", api, ""},
		{"the address only", "10.1.2.3:1", nil, "client certificate"},
		{"the certificate only", "192.0.2.7:1", api, "not named"},
		{"neither", "192.0.2.7:1", nil, "not named"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := confirmed()
			r.RemoteAddr, r.TLS = tt.peer, tt.tls
			if got := peers.Include(r); got != (tt.lacks == "") {
				t.Errorf("included: %v", got)
			}
			err := peers.Refuse(r)
			if tt.lacks == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if got := refusal(t, err); got.Status != http.StatusForbidden || !strings.Contains(got.Detail, tt.lacks) || !errors.Is(err, ErrPeer) {
				t.Errorf("%v", err)
			}
			if _, err := (&Trusted{Peers: peers}).Identify(r); !errors.Is(err, ErrPeer) {
				t.Errorf("trusted: %v", err)
			}
		})
	}
	nobody := new(Peers)
	if nobody.Include(confirmed()) || nobody.Refuse(confirmed()) != nil {
		t.Error("nobody is named: nobody is included, and nobody refused")
	}
}

func TestPeerRefused(t *testing.T) {
	named := &Trusted{
		Peers: Peers{From: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}},
		Rules: Rules{AllowAnonymous: true},
	}
	tests := []struct {
		trusted *Trusted
		peer    string
		fields  []string
		texts   []string
	}{
		{named, "192.0.2.7:1", []string{"X-Roles: admin"}, []string{"`from`", "192.0.2.7,", "not named"}},
		{named, "@", []string{"X-Tenant:"}, []string{"`from`", "a Unix socket"}},
		{named, "nonsense", []string{"X-Service-Catalog: {"}, []string{"`from`", "nonsense"}},
		{standard(), "192.0.2.7:1", []string{"X_Roles: admin"}, []string{"`from`", "192.0.2.7,", "not named"}},
		{standard(), "192.0.2.7:1", []string{"X-User: u", "Via: x"}, []string{"`from`", "192.0.2.7,", "not named"}},
		{standard(), "127.0.0.1:1", []string{"X-User: u", "Via: x"}, []string{"`from`", "127.0.0.1,", "Via"}},
	}
	for _, tt := range tests {
		r := request(tt.fields...)
		r.RemoteAddr = tt.peer
		_, err := tt.trusted.Identify(r)
		got := refusal(t, err)
		if got.Status != http.StatusForbidden || !errors.Is(err, ErrPeer) {
			t.Errorf("%s %q: %v", tt.peer, tt.fields, err)
		}
		for _, text := range tt.texts {
			if !strings.Contains(got.Detail, text) {
				t.Errorf("%s %q: %q does not say %q", tt.peer, tt.fields, got.Detail, text)
			}
		}
	}

	// Without identity headers there is nothing to distrust.
	r := request("X-Auth-Token: t", "X-Openstack-Request-Id: req-1")
	r.RemoteAddr = "192.0.2.7:1"
	if _, err := standard().Identify(r); refusal(t, err).Status != http.StatusUnauthorized {
		t.Errorf("no identity headers: %v", err)
	}
	if caller, err := named.Identify(r); err != nil || !caller.ReadOnly {
		t.Errorf("no identity headers, anonymous access: %+v, %v", caller, err)
	}
}

func FuzzPeer(f *testing.F) {
	for _, peer := range []string{"127.0.0.1:1", "[::1]:1", "@", "", "10.0.0.1:80", "[::ffff:10.0.0.1]:1", "[fe80::1%x]:1"} {
		f.Add(peer)
	}
	network := netip.MustParsePrefix("10.0.0.0/8")
	trusted := &Trusted{Peers: Peers{From: []netip.Prefix{network}}}
	f.Fuzz(func(t *testing.T, peer string) {
		defer kit.Cheap(t, len(peer))()
		r := confirmed()
		r.RemoteAddr = peer
		_, err := trusted.Identify(r)
		address, bad := netip.ParseAddrPort(peer)
		if want := bad == nil && network.Contains(address.Addr().Unmap()); (err == nil) != want {
			t.Errorf("%q: error %v", peer, err)
		}
	})
}

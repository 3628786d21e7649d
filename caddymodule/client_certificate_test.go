package caddymodule

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/kit"
)

// authority issues the certificates of a site and of its clients.
type authority struct{ *kit.Authority }

func (a authority) client(t *testing.T, name string, changes ...func(*x509.Certificate)) *tls.Certificate {
	t.Helper()
	pair := a.Issue(t, name, changes...)
	return &pair.Certificate
}

// mutualTLS is a site that asks for client certificates, but takes clients
// without one, with the given settings of the identity.
func (a authority) mutualTLS(t *testing.T, identity string) string {
	t.Helper()
	server := a.Issue(t, "localhost")
	return strings.NewReplacer("$CERT", server.CertFile, "$KEY", server.KeyFile, "$CA", a.CertFile, "$IDENTITY", identity).Replace(`{
	auto_https disable_redirects
	servers {
		trusted_proxies static 127.0.0.0/8
	}
}
https://localhost$PORT {
	tls $CERT $KEY {
		client_auth {
			mode verify_if_given
			trust_pool file $CA
		}
	}
	glance_registry {
		database sqlite:///$DB
		demo
		identity trusted {
			$IDENTITY
		}
	}
}
`)
}

// over sends a request as an admin says it is, with a client certificate or
// none, and returns the status.
func (a authority) over(t *testing.T, s *site, host string, client *tls.Certificate, headers ...string) (status int, body string) {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AddCert(a.Leaf)
	config := &tls.Config{RootCAs: roots}
	if client != nil {
		config.Certificates = []tls.Certificate{*client}
	}
	transport := &http.Transport{TLSClientConfig: config}
	defer transport.CloseIdleConnections()
	r := s.request("GET", "/images", nil, append(headers, asAdmin...)...)
	r.URL.Scheme = "https"
	r.URL.Host = strings.Replace(r.URL.Host, "127.0.0.1", host, 1)
	r.Host = r.URL.Host
	https := &http.Client{Transport: transport, Timeout: 30 * time.Second}
	res, err := https.Do(r)
	for dropped(err) {
		res, err = https.Do(r)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(text)
}

func TestClientCertificate(t *testing.T) {
	ca := authority{kit.NewAuthority(t)}
	// A client is known by any of its names: each has one here.
	named := func(name string) *tls.Certificate {
		return ca.client(t, name, func(c *x509.Certificate) { c.DNSNames = nil })
	}
	byURI := ca.client(t, "", func(c *x509.Certificate) {
		c.DNSNames = nil
		c.URIs = []*url.URL{{Scheme: "spiffe", Host: "example.com", Path: "/glance-api"}}
	})
	byDNS := ca.client(t, "", func(c *x509.Certificate) { c.DNSNames = []string{"api-2.example.com"} })

	for _, c := range []struct {
		name, identity string
		client         *tls.Certificate
		headers        []string
		status         int
		says           string
	}{
		{"the common name", "client_certificate other api-1.example.com", named("api-1.example.com"), nil, 200, ""},
		{"a DNS name", "client_certificate api-2.example.com", byDNS, nil, 200, ""},
		{"a URI", "client_certificate spiffe://example.com/glance-api", byURI, nil, 200, ""},
		{"another name", "client_certificate api-1.example.com", named("api-3.example.com"), nil, 403, "client_certificate"},
		{"no certificate", "client_certificate api-1.example.com", nil, nil, 403, "client_certificate"},
		{"a certificate and the address", "client_certificate api-1.example.com\nfrom 127.0.0.1", named("api-1.example.com"), nil, 200, ""},
		{"a certificate from elsewhere", "client_certificate api-1.example.com\nfrom 192.0.2.0/24", named("api-1.example.com"), nil, 403, "127.0.0.1"},
		{"the address without a certificate", "client_certificate api-1.example.com\nfrom 127.0.0.1", nil, nil, 403, "client_certificate"},
		// The proxy is trusted by Caddy, but it is not the client.
		{"a forwarded address", "from 192.0.2.0/24", nil, []string{"X-Forwarded-For: 192.0.2.1"}, 403, "127.0.0.1"},
		{"a proxy that is named", "from 127.0.0.1", nil, []string{"X-Forwarded-For: 192.0.2.1"}, 200, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := start(t, ca.mutualTLS(t, c.identity))
			before := valueOf(t, identityRefusalsTotal)
			status, body := ca.over(t, s, "localhost", c.client, c.headers...)
			if status != c.status || !strings.Contains(body, c.says) {
				t.Errorf("status %d, want %d: %s", status, c.status, body)
			}
			if refused := valueOf(t, identityRefusalsTotal) - before; (refused == 1) != (c.status == 403) {
				t.Errorf("%v refusals were counted", refused)
			}
		})
	}
}

// A certificate of another authority does not get past the handshake, whatever
// its name.
func TestClientCertificateOfAnotherAuthority(t *testing.T) {
	ca, other := authority{kit.NewAuthority(t)}, authority{kit.NewAuthority(t)}
	s := start(t, ca.mutualTLS(t, "client_certificate api-1.example.com"))
	forged := other.client(t, "api-1.example.com")
	roots := x509.NewCertPool()
	roots.AddCert(ca.Leaf)
	conn, err := tls.Dial("tcp", s.addr, &tls.Config{
		RootCAs: roots, ServerName: "localhost",
		// Sent even though the server does not name its authority.
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return forged, nil },
	})
	if err == nil {
		defer conn.Close()
		_, err = conn.Read(make([]byte, 1))
	}
	if err == nil || !strings.Contains(err.Error(), "remote error: tls: unknown certificate authority") {
		t.Errorf("got %v", err)
	}
}

// Clients that connect to an address name no server. Caddy turns them away where
// certificates are asked for, unless it is told not to.
func TestClientCertificateAtAnAddress(t *testing.T) {
	ca := authority{kit.NewAuthority(t)}
	client := ca.client(t, "api")
	site := strings.Replace(ca.mutualTLS(t, "client_certificate api"), "https://localhost$PORT", "https://$PORT", 1)
	s := start(t, site)
	if status, _ := ca.over(t, s, "127.0.0.1", client); status != http.StatusMisdirectedRequest {
		t.Errorf("status %d", status)
	}
	s.load(strings.Replace(site, "trusted_proxies", "strict_sni_host insecure_off\ntrusted_proxies", 1))
	if status, body := ca.over(t, s, "127.0.0.1", client); status != http.StatusOK {
		t.Errorf("status %d: %s", status, body)
	}
	if status, _ := ca.over(t, s, "127.0.0.1", nil); status != http.StatusForbidden {
		t.Errorf("without a certificate: status %d", status)
	}
}

package caddymodule

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// authority signs certificates.
type authority struct {
	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	a := &authority{t: t}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "CA"}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	pair := a.sign(template)
	a.cert, a.key = pair.Leaf, pair.PrivateKey.(*ecdsa.PrivateKey)
	return a
}

// sign makes a certificate; the first one signs itself.
func (a *authority) sign(template *x509.Certificate) tls.Certificate {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	parent, signer := a.cert, a.key
	if parent == nil {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		a.t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

func (a *authority) client(change func(*x509.Certificate)) *tls.Certificate {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), NotAfter: time.Now().Add(time.Hour), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	change(template)
	pair := a.sign(template)
	return &pair
}

// files writes a server's certificate and key, and the authority's own.
func (a *authority) files() (cert, key, ca string) {
	a.t.Helper()
	pair := a.sign(&x509.Certificate{
		SerialNumber: big.NewInt(3), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	})
	der, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		a.t.Fatal(err)
	}
	dir := a.t.TempDir()
	write := func(name, kind string, der []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			a.t.Fatal(err)
		}
		return path
	}
	return write("site.pem", "CERTIFICATE", pair.Certificate[0]), write("site.key", "PRIVATE KEY", der), write("ca.pem", "CERTIFICATE", a.cert.Raw)
}

// mutualTLS is a site that asks for client certificates, but takes clients
// without one, with the given settings of the identity.
func (a *authority) mutualTLS(identity string) string {
	cert, key, ca := a.files()
	return strings.NewReplacer("$CERT", cert, "$KEY", key, "$CA", ca, "$IDENTITY", identity).Replace(`{
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
func (a *authority) over(s *site, host string, client *tls.Certificate, headers ...string) (status int, body string) {
	a.t.Helper()
	roots := x509.NewCertPool()
	roots.AddCert(a.cert)
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
		a.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	return res.StatusCode, string(text)
}

func TestClientCertificate(t *testing.T) {
	ca := newAuthority(t)
	named := func(name string) *tls.Certificate {
		return ca.client(func(c *x509.Certificate) { c.Subject.CommonName = name })
	}
	byURI := ca.client(func(c *x509.Certificate) {
		c.URIs = []*url.URL{{Scheme: "spiffe", Host: "example.com", Path: "/glance-api"}}
	})
	byDNS := ca.client(func(c *x509.Certificate) { c.DNSNames = []string{"api-2.example.com"} })

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
			ca := &authority{t, ca.cert, ca.key}
			s := start(t, ca.mutualTLS(c.identity))
			before := valueOf(t, identityRefusalsTotal)
			status, body := ca.over(s, "localhost", c.client, c.headers...)
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
	ca, other := newAuthority(t), newAuthority(t)
	s := start(t, ca.mutualTLS("client_certificate api-1.example.com"))
	forged := other.client(func(c *x509.Certificate) { c.Subject.CommonName = "api-1.example.com" })
	roots := x509.NewCertPool()
	roots.AddCert(ca.cert)
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
	ca := newAuthority(t)
	client := ca.client(func(c *x509.Certificate) { c.Subject.CommonName = "api" })
	site := strings.Replace(ca.mutualTLS("client_certificate api"), "https://localhost$PORT", "https://$PORT", 1)
	s := start(t, site)
	if status, _ := ca.over(s, "127.0.0.1", client); status != http.StatusMisdirectedRequest {
		t.Errorf("status %d", status)
	}
	s.load(strings.Replace(site, "trusted_proxies", "strict_sni_host insecure_off\ntrusted_proxies", 1))
	if status, body := ca.over(s, "127.0.0.1", client); status != http.StatusOK {
		t.Errorf("status %d: %s", status, body)
	}
	if status, _ := ca.over(s, "127.0.0.1", nil); status != http.StatusForbidden {
		t.Errorf("without a certificate: status %d", status)
	}
}

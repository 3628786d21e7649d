package keystone

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"

	"github.com/glancegate/glancegate/integration/keystonetest"
	"github.com/glancegate/glancegate/integration/kit"
)

// A Keystone whose certificate bears its name as the common name only can't be
// asked, which is a 503, until legacy_tls accepts that.
func TestCertificateWithCommonNameOnly(t *testing.T) {
	cloud := keystonetest.New(t)
	token := cloud.User(t, "member").Token(t)
	authority := kit.NewAuthority(t)
	old := authority.Issue(t, "127.0.0.1", func(c *x509.Certificate) { c.DNSNames, c.IPAddresses = nil, nil })
	to, err := url.Parse(cloud.URL)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(httputil.NewSingleHostReverseProxy(to))
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes
	s.TLS = &tls.Config{Certificates: []tls.Certificate{old.Certificate}}
	s.StartTLS()
	t.Cleanup(s.Close)
	for name, c := range map[string]struct {
		options string
		status  int
	}{
		"refused":  {"cafile " + authority.CertFile, 503},
		"accepted": {"legacy_tls\ncafile " + authority.CertFile, 200},
	} {
		t.Run(name, func(t *testing.T) {
			start(t, cloud, s.URL, c.options).get(token).expect(t, name, c.status)
		})
	}
}

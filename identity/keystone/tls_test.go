package keystone

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A Keystone behind TLS is believed by its certificate, and sees ours.
func TestTLS(t *testing.T) {
	s := newScript(t)
	server := httptest.NewUnstartedServer(s.Config.Handler)
	server.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
	server.StartTLS()
	defer server.Close()
	dir := t.TempDir()
	ca := filepath.Join(dir, "ca.pem")
	writePEM(t, ca, &pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	both := filepath.Join(dir, "client.pem")
	writePEM(t, both, selfSigned(t, "glance-gateway")...)

	for _, c := range []struct {
		name   string
		change func(*Options)
		fails  string
		peer   string // the name in the certificate that the server saw
	}{
		{"unknown authority", func(*Options) {}, "certificate", ""},
		{"cafile", func(o *Options) { o.CAFile = ca }, "", ""},
		{"insecure", func(o *Options) { o.Insecure = true }, "", ""},
		{"certfile with a key in it", func(o *Options) { o.CAFile, o.CertFile = ca, both }, "", "glance-gateway"},
		{"certfile and keyfile", func(o *Options) { o.CAFile, o.CertFile, o.KeyFile = ca, both, both }, "", "glance-gateway"},
	} {
		t.Run(c.name, func(t *testing.T) {
			none := 0
			config, _, err := complete(func(o *Options) { o.AuthURL, o.HTTPRequestMaxRetries = server.URL, &none }, c.change).Resolve()
			if err != nil {
				t.Fatal(err)
			}
			v, err := New(config)
			if err != nil {
				t.Fatal(err)
			}
			defer v.Close()
			_, err = v.Validate(t.Context(), "token", false)
			if c.fails != "" {
				if err == nil || !strings.Contains(err.Error(), c.fails) {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			peer := ""
			s.mu.Lock()
			if s.peer != nil {
				peer = s.peer.Subject.CommonName
			}
			s.mu.Unlock()
			if peer != c.peer {
				t.Errorf("the server saw %q, want %q", peer, c.peer)
			}
		})
	}
}

func writePEM(t *testing.T, path string, blocks ...*pem.Block) {
	t.Helper()
	var text []byte
	for _, block := range blocks {
		text = append(text, pem.EncodeToMemory(block)...)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// selfSigned is a certificate and its key.
func selfSigned(t *testing.T, name string) []*pem.Block {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour)}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return []*pem.Block{{Type: "CERTIFICATE", Bytes: cert}, {Type: "PRIVATE KEY", Bytes: keyDER}}
}

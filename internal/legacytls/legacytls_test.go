package legacytls

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"testing"
	"time"
)

// A server that knows RSA key exchange only, as MySQL 5.7 with OpenSSL 1.0 and a
// certificate without parameters, or TLS 1.1 only, as with yaSSL.
func TestOldServers(t *testing.T) {
	certificate, roots := withRSAKey(t)
	for name, server := range map[string]*tls.Config{
		"RSA key exchange": {MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_256_GCM_SHA384, tls.TLS_RSA_WITH_AES_128_CBC_SHA}},
		"TLS 1.1":          {MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11, CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_256_CBC_SHA}},
	} {
		server.Certificates = []tls.Certificate{certificate}
		err := handshake(t, server, &tls.Config{ServerName: "db.example", RootCAs: roots})
		if err == nil {
			t.Errorf("%s: accepted without legacy_tls", name)
		}
		if !Helps(err) {
			t.Errorf("%s: legacy_tls is not advised for %v", name, err)
		}
		client := &tls.Config{ServerName: "db.example", RootCAs: roots}
		Accept(client)
		if err := handshake(t, server, client); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if Helps(nil) || Helps(net.ErrClosed) {
		t.Error("it is advised for what it does not help with")
	}
}

func handshake(t *testing.T, server, client *tls.Config) error {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		if conn, err := listener.Accept(); err == nil {
			_ = tls.Server(conn, server).Handshake() // the client has the error
			_ = conn.Close()
		}
	}()
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	return tls.Client(conn, client).Handshake()
}

// withRSAKey is a certificate with a common name only.
func withRSAKey(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "db.example"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}

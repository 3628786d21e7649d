package servers

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// RedisTLS is a Redis server that wants certificates of its clients.
type RedisTLS struct {
	*RedisServer
	URL string // rediss://127.0.0.1:port/0

	// CA signed the certificate of the server, which is for 127.0.0.1 and
	// redis.example.com, and that of the client. All are names of PEM files.
	CA, ClientCertificate, ClientKey string
}

// StartRedisTLS starts a server with TLS for one test.
func StartRedisTLS(t testing.TB) *RedisTLS {
	t.Helper()
	Require(t, Redis)
	folder, err := os.MkdirTemp("", folderPrefix(Redis))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	if err := os.Chmod(folder, 0o755); err != nil { // the server has another account
		t.Fatal(err)
	}
	a := newAuthority(t, folder)
	certificate, key := a.issue("server")
	s := &RedisTLS{CA: a.file("ca.pem")}
	s.ClientCertificate, s.ClientKey = a.issue("client")
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	s.RedisServer = StartRedis(t, "--tls-port", fmt.Sprint(port), "--tls-auth-clients", "yes",
		"--tls-cert-file", certificate, "--tls-key-file", key, "--tls-ca-cert-file", s.CA)
	s.URL = fmt.Sprintf("rediss://127.0.0.1:%d/0", port)
	return s
}

// authority is a certificate authority with its files in a folder.
type authority struct {
	t           testing.TB
	folder      string
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	serial      int64
}

func newAuthority(t testing.TB, folder string) *authority {
	a := &authority{t: t, folder: folder}
	a.certificate = &x509.Certificate{
		Subject: pkix.Name{CommonName: "a test's authority"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign,
	}
	a.sign("ca", a.certificate)
	return a
}

func (a *authority) file(name string) string { return filepath.Join(a.folder, name) }

// issue makes a certificate with its key.
func (a *authority) issue(name string) (certificate, key string) {
	a.sign(name, &x509.Certificate{
		Subject:     pkix.Name{CommonName: name},
		DNSNames:    []string{"redis.example.com"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	})
	return a.file(name + ".pem"), a.file(name + ".key")
}

func (a *authority) sign(name string, c *x509.Certificate) {
	a.t.Helper()
	a.serial++
	c.SerialNumber = big.NewInt(a.serial)
	c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	if c == a.certificate {
		a.key = key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, a.certificate, &key.PublicKey, a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		a.t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{
		name + ".pem": {Type: "CERTIFICATE", Bytes: der}, name + ".key": {Type: "PRIVATE KEY", Bytes: private},
	} {
		if err := os.WriteFile(a.file(file), pem.EncodeToMemory(block), 0o644); err != nil {
			a.t.Fatal(err)
		}
	}
}

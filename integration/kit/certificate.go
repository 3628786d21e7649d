package kit

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Authority is a certificate authority of one test.
type Authority struct {
	Pair
}

// Pair is a certificate with its key, in memory and as PEM files that every
// account may read, since servers under test have accounts of their own.
type Pair struct {
	tls.Certificate
	CertFile, KeyFile string
}

// NewAuthority makes an authority that signs itself.
func NewAuthority(t testing.TB) *Authority {
	t.Helper()
	return &Authority{Pair: newPair(t, template("ca", asAuthority), nil)}
}

// Issue makes a certificate for clients and servers: with the name as its common
// name and DNS name, for 127.0.0.1, valid for an hour. The changes are made
// before it is signed.
func (a *Authority) Issue(t testing.TB, name string, changes ...func(*x509.Certificate)) Pair {
	t.Helper()
	return newPair(t, template(name, changes...), a)
}

// SelfSigned makes a certificate as Issue does, which is its own authority.
func SelfSigned(t testing.TB, name string) Pair {
	t.Helper()
	return newPair(t, template(name, asAuthority), nil)
}

func asAuthority(c *x509.Certificate) {
	c.IsCA, c.BasicConstraintsValid = true, true
	c.KeyUsage |= x509.KeyUsageCertSign
}

func template(name string, changes ...func(*x509.Certificate)) *x509.Certificate {
	c := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()),
		Subject:      pkix.Name{CommonName: name},
		DNSNames:     []string{name},
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	for _, change := range changes {
		change(c)
	}
	return c
}

// newPair signs a certificate; without an authority with its own key.
func newPair(t testing.TB, c *x509.Certificate, a *Authority) Pair {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	parent, signer := c, any(key)
	if a != nil {
		parent, signer = a.Leaf, a.PrivateKey
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	folder := readableFolder(t)
	p := Pair{
		Certificate: tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf},
		CertFile:    filepath.Join(folder, "cert.pem"),
		KeyFile:     filepath.Join(folder, "key.pem"),
	}
	writePEM(t, p.CertFile, "CERTIFICATE", der)
	writePEM(t, p.KeyFile, "PRIVATE KEY", private)
	return p
}

func readableFolder(t testing.TB) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "glancegate-certificate-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	return folder
}

func writePEM(t testing.TB, path, kind string, der []byte) {
	t.Helper()
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o644); err != nil {
		t.Fatal(err)
	}
}

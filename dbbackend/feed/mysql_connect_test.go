package feed_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/dbbackend/feed"
	"github.com/glancegate/glancegate/integration/servers"
)

// TestWaysToMySQL follows a server that wants TLS, and one through a socket.
func TestWaysToMySQL(t *testing.T) {
	t.Parallel()
	certificate, key := selfSigned(t)
	other, _ := selfSigned(t)
	server := servers.NewServer(t, servers.MySQL, "--ssl-cert="+certificate, "--ssl-key="+key)
	db := server.NewDatabase(t)
	server.Exec(t, "CREATE USER careful@'%' IDENTIFIED BY 'secret' REQUIRE SSL")
	server.Exec(t, "GRANT ALL ON *.* TO careful@'%'")
	url := strings.Replace(db.URL, "glance:", "careful:", 1)
	if err := feed.Check(t.Context(), url); err == nil {
		t.Error("the server does not insist on TLS: this test shows nothing")
	}
	if err := feed.Check(t.Context(), url+"&ssl_ca="+other); err == nil {
		t.Error("a certificate of somebody else is accepted")
	}
	encrypted, _ := follow(t, feed.Config{URL: url + "&ssl_ca=" + certificate})
	var socket string
	if err := db.DB.QueryRow("SELECT @@socket").Scan(&socket); err != nil {
		t.Fatal(err)
	}
	local, _ := follow(t, feed.Config{URL: db.URL + "&unix_socket=" + socket})
	for name, r := range map[string]*recorder{"encrypted": encrypted, "local": local} {
		r.worksAgain(t, db, name)
	}
}

// selfSigned makes a certificate for 127.0.0.1, as files that every account may
// read.
func selfSigned(t *testing.T) (certificate, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := os.Chmod(filepath.Dir(folder), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		"cert.pem": {Type: "CERTIFICATE", Bytes: der}, "key.pem": {Type: "PRIVATE KEY", Bytes: secret},
	} {
		if err := os.WriteFile(filepath.Join(folder, name), pem.EncodeToMemory(block), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
}

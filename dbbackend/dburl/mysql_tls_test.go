package dburl

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
	"strings"
	"testing"
	"time"
)

// authority signs certificates for tests.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	file        string // the certificate as PEM
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{file: filepath.Join(t.TempDir(), "ca.pem")}
	template := &x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	a.certificate, a.key = a.sign(t, template)
	writePEM(t, a.file, "CERTIFICATE", a.certificate.Raw)
	return a
}

// sign completes a certificate. The first one signs itself.
func (a *authority) sign(t *testing.T, template *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	template.Subject = pkix.Name{CommonName: "test"}
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	parent, signer := template, key
	if a.key != nil {
		parent, signer = a.certificate, a.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return certificate, key
}

// pair makes a certificate for a name, as PEM files.
func (a *authority) pair(t *testing.T, name string) (cert, key string) {
	t.Helper()
	certificate, private := a.sign(t, &x509.Certificate{DNSNames: []string{name}})
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	cert, key = filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	writePEM(t, cert, "CERTIFICATE", certificate.Raw)
	writePEM(t, key, "PRIVATE KEY", der)
	return cert, key
}

func writePEM(t *testing.T, file, kind string, der []byte) {
	t.Helper()
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
}

// handshake connects to a server that has the certificate of cert and key. It
// returns the certificates that the server got.
func handshake(t *testing.T, client *tls.Config, cert, key string) ([]*x509.Certificate, error) {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	// Not net.Pipe: when a handshake fails, both ends write.
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	shown := make(chan []*x509.Certificate, 1)
	go func() {
		defer close(shown)
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		server := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{pair}, ClientAuth: tls.RequestClientCert})
		if server.Handshake() == nil {
			shown <- server.ConnectionState().PeerCertificates
		}
	}()
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := tls.Client(conn, client).Handshake(); err != nil {
		return nil, err
	}
	return <-shown, nil
}

func TestMySQLTLS(t *testing.T) {
	ours, others := newAuthority(t), newAuthority(t)
	goodCert, goodKey := ours.pair(t, "db.example")
	localCert, localKey := ours.pair(t, "localhost")
	badCert, badKey := others.pair(t, "db.example")
	clientCert, clientKey := ours.pair(t, "client")
	both := filepath.Join(t.TempDir(), "both.pem")
	var content []byte
	for _, file := range []string{clientKey, clientCert} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		content = append(content, text...)
	}
	if err := os.WriteFile(both, content, 0o600); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := os.Mkdir(filepath.Join(folder, "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(ours.file, filepath.Join(folder, "a1b2c3d4.0")); err != nil {
		t.Fatal(err)
	}

	const unverified, name, cipher = "not verified", "must bear the name", "ssl_cipher"
	tests := []struct {
		test, url  string
		cert, key  string // of the server
		ok, client bool   // whether the client accepts it, and shows a certificate
		warning    string
	}{
		{"authority", "mysql+pymysql://u@db.example/g?ssl_ca=" + ours.file, goodCert, goodKey, true, false, ""},
		{"another authority", "mysql+pymysql://u@db.example/g?ssl_ca=" + ours.file, badCert, badKey, false, false, ""},
		{"another name", "mysql+pymysql://u@h/g?ssl_ca=" + ours.file, goodCert, goodKey, false, false, ""},
		{"another name, C driver", "mysql://u@h/g?ssl_ca=" + ours.file, goodCert, goodKey, false, false, name},
		{"folder", "mysql+pymysql://u@db.example/g?ssl_capath=" + folder, goodCert, goodKey, true, false, ""},
		{"folder, another authority", "mysql+pymysql://u@db.example/g?ssl_capath=" + folder, badCert, badKey, false, false, ""},
		{"file and folder", "mysql+pymysql://u@db.example/g?ssl_ca=" + others.file + "&ssl_capath=" + folder, badCert, badKey, true, false, ""},
		{"socket", "mysql+pymysql:///g?unix_socket=/x&ssl_ca=" + ours.file, localCert, localKey, true, false, ""},
		{"socket, another name", "mysql+pymysql:///g?unix_socket=/x&ssl_ca=" + ours.file, goodCert, goodKey, false, false, ""},
		{"client certificate only", "mysql+pymysql://u@h/g?ssl_cert=" + clientCert + "&ssl_key=" + clientKey, badCert, badKey, true, true, unverified},
		{"client certificate and key in one file", "mysql+pymysql://u@h/g?ssl_cert=" + both, badCert, badKey, true, true, unverified},
		{
			"all", "mysql+pymysql://u@db.example/g?ssl_ca=" + ours.file + "&ssl_cert=" + clientCert + "&ssl_key=" + clientKey,
			goodCert, goodKey, true, true, "",
		},
		{"cipher only", "mysql+pymysql://u@h/g?ssl_cipher=AES256-SHA", badCert, badKey, true, false, cipher},
	}
	for _, tt := range tests {
		t.Run(tt.test, func(t *testing.T) {
			c, warnings := mysqlConfig(t, tt.url)
			if c.TLS == nil {
				t.Fatal("TLS is off")
			}
			got, err := handshake(t, c.TLS, tt.cert, tt.key)
			if (err == nil) != tt.ok {
				t.Errorf("handshake: %v", err)
			}
			if tt.ok && len(got) > 0 != tt.client {
				t.Errorf("the client showed %d certificates", len(got))
			}
			if said := strings.Join(warnings, " "); tt.warning == "" && said != "" || !strings.Contains(said, tt.warning) {
				t.Errorf("warnings %q, want one with %q", warnings, tt.warning)
			}
		})
	}
}

func TestMySQLTLSRefuses(t *testing.T) {
	ours := newAuthority(t)
	cert, key := ours.pair(t, "client")
	folder := t.TempDir()
	for query, want := range map[string]string{
		"ssl_key=" + key:   "ssl_key needs ssl_cert",
		"ssl_cert=" + cert: "ssl_cert",
		"ssl_cert=" + cert + "&ssl_key=/does/not/exist":  "/does/not/exist",
		"ssl_ca=/does/not/exist":                         "ssl_ca",
		"ssl_ca=" + key:                                  "ssl_ca: no certificate",
		"ssl_capath=/does/not/exist":                     "ssl_capath",
		"ssl_capath=" + folder:                           "ssl_capath: no certificate",
		"ssl_ca=" + ours.file + "&ssl_capath=" + folder:  "ssl_capath: no certificate",
		"ssl_ca=/does/not/exist&ssl_capath=/neither/has": "ssl_ca:",
	} {
		u, err := Parse("mysql+pymysql://u:hunter2@h/g?" + query)
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = u.MySQLConfig()
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v, want %q", query, err, want)
		}
	}
}

package dburl

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/kit"
)

// handshake connects to a server that has a certificate. It returns the
// certificates that the server got.
func handshake(t *testing.T, client *tls.Config, server kit.Pair) ([]*x509.Certificate, error) {
	t.Helper()
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
		accepted := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{server.Certificate}, ClientAuth: tls.RequestClientCert})
		if accepted.Handshake() == nil {
			shown <- accepted.ConnectionState().PeerCertificates
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
	ours, others := kit.NewAuthority(t), kit.NewAuthority(t)
	good, local, bad := ours.Issue(t, "db.example"), ours.Issue(t, "localhost"), others.Issue(t, "db.example")
	client := ours.Issue(t, "client")
	both := filepath.Join(t.TempDir(), "both.pem")
	var content []byte
	for _, file := range []string{client.KeyFile, client.CertFile} {
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
	if err := os.Symlink(ours.CertFile, filepath.Join(folder, "a1b2c3d4.0")); err != nil {
		t.Fatal(err)
	}

	withoutNames := func(c *x509.Certificate) { c.DNSNames, c.IPAddresses, c.EmailAddresses, c.URIs = nil, nil, nil, nil }
	old, oldAddress := ours.Issue(t, "db.example", withoutNames), ours.Issue(t, "192.0.2.7", withoutNames)
	const unverified, name, cipher, legacy = "not verified", "must have the name", "ssl_cipher", "legacy_tls"
	tests := []struct {
		test, url  string
		server     kit.Pair
		ok, client bool // whether the client accepts it, and shows a certificate
		warning    string
	}{
		{"authority", "mysql+pymysql://u@db.example/g?ssl_ca=" + ours.CertFile, good, true, false, ""},
		{"another authority", "mysql+pymysql://u@db.example/g?ssl_ca=" + ours.CertFile, bad, false, false, ""},
		{"another name", "mysql+pymysql://u@h/g?ssl_ca=" + ours.CertFile, good, false, false, ""},
		{"another name, C driver", "mysql://u@h/g?ssl_ca=" + ours.CertFile, good, false, false, name},
		{"folder", "mysql+pymysql://u@db.example/g?ssl_capath=" + folder, good, true, false, ""},
		{"folder, another authority", "mysql+pymysql://u@db.example/g?ssl_capath=" + folder, bad, false, false, ""},
		{"file and folder", "mysql+pymysql://u@db.example/g?ssl_ca=" + others.CertFile + "&ssl_capath=" + folder, bad, true, false, ""},
		{"socket", "mysql+pymysql:///g?unix_socket=/x&ssl_ca=" + ours.CertFile, local, true, false, ""},
		{"socket, another name", "mysql+pymysql:///g?unix_socket=/x&ssl_ca=" + ours.CertFile, good, false, false, ""},
		{"client certificate only", "mysql+pymysql://u@h/g?ssl_cert=" + client.CertFile + "&ssl_key=" + client.KeyFile, bad, true, true, unverified},
		{"client certificate and key in one file", "mysql+pymysql://u@h/g?ssl_cert=" + both, bad, true, true, unverified},
		{
			"all", "mysql+pymysql://u@db.example/g?ssl_ca=" + ours.CertFile + "&ssl_cert=" + client.CertFile + "&ssl_key=" + client.KeyFile,
			good, true, true, "",
		},
		{"verify_cert", "mysql+pymysql://u@h/g?ssl_verify_cert=true&ssl_ca=" + ours.CertFile, good, true, false, "ssl_verify_identity"},
		{"verify_cert, another authority", "mysql+pymysql://u@h/g?ssl_verify_cert=true&ssl_ca=" + ours.CertFile, bad, false, false, "ssl_verify_identity"},
		{"verify_cert, authorities of the system", "mysql+pymysql://u@h/g?ssl_verify_cert=true", good, false, false, "ssl_verify_identity"},
		{"verify_cert and verify_identity", "mysql+pymysql://u@h/g?ssl_verify_cert=true&ssl_verify_identity=1&ssl_ca=" + ours.CertFile, good, false, false, ""},
		{"verify_identity", "mysql+pymysql://u@db.example/g?ssl_verify_identity=true&ssl_ca=" + ours.CertFile, good, true, false, ""},
		{"verify_cert off", "mysql+pymysql://u@h/g?ssl_verify_cert=false&ssl_ca=" + ours.CertFile, bad, true, false, unverified},
		{"check_hostname off", "mysql+pymysql://u@h/g?ssl_check_hostname=false&ssl_ca=" + ours.CertFile, good, true, false, "ssl_verify_identity"},
		{"common name only", "mysql+pymysql://u@db.example/g?ssl_ca=" + ours.CertFile, old, false, false, ""},
		{"common name, accepted", "mysql+pymysql://u@db.example/g?legacy_tls=on&ssl_ca=" + ours.CertFile, old, true, false, legacy},
		{"another common name", "mysql+pymysql://u@h/g?legacy_tls=on&ssl_ca=" + ours.CertFile, old, false, false, legacy},
		{"common name, another authority", "mysql+pymysql://u@db.example/g?legacy_tls=on&ssl_ca=" + others.CertFile, old, false, false, legacy},
		{"an address as common name", "mysql+pymysql://u@192.0.2.7/g?legacy_tls=on&ssl_ca=" + ours.CertFile, oldAddress, true, false, legacy},
		{"legacy_tls and a proper name", "mysql+pymysql://u@db.example/g?legacy_tls=on&ssl_ca=" + ours.CertFile, good, true, false, legacy},
		{"cipher only", "mysql+pymysql://u@h/g?ssl_cipher=AES256-SHA", bad, true, false, cipher},
	}
	for _, tt := range tests {
		t.Run(tt.test, func(t *testing.T) {
			c, warnings := mysqlConfig(t, tt.url)
			if c.TLS == nil {
				t.Fatal("TLS is off")
			}
			got, err := handshake(t, c.TLS, tt.server)
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
	ours := kit.NewAuthority(t)
	client := ours.Issue(t, "client")
	folder := t.TempDir()
	for query, want := range map[string]string{
		"ssl_key=" + client.KeyFile:                                "ssl_key needs ssl_cert",
		"ssl_cert=" + client.CertFile:                              "ssl_cert",
		"ssl_cert=" + client.CertFile + "&ssl_key=/does/not/exist": "/does/not/exist",
		"ssl_ca=/does/not/exist":                                   "ssl_ca",
		"ssl_ca=" + client.KeyFile:                                 "ssl_ca: no certificate",
		"ssl_capath=/does/not/exist":                               "ssl_capath",
		"ssl_capath=" + folder:                                     "ssl_capath: no certificate",
		"ssl_ca=" + ours.CertFile + "&ssl_capath=" + folder:        "ssl_capath: no certificate",
		"ssl_ca=/does/not/exist&ssl_capath=/neither/has":           "ssl_ca:",
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

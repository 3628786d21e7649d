package dburl

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// mysqlTLS follows PyMySQL: any ssl_ argument switches TLS on; with an
// authority the server's certificate and name are verified, without one
// nothing is (registry-config.md, 6.3).
func (u *URL) mysqlTLS() (*tls.Config, error) {
	ca, capath := u.Query["ssl_ca"], u.Query["ssl_capath"]
	cert, key := u.Query["ssl_cert"], u.Query["ssl_key"]
	if ca == "" && capath == "" && cert == "" && key == "" {
		return nil, nil
	}
	c := &tls.Config{ServerName: u.Host, InsecureSkipVerify: ca == "" && capath == ""}
	if !c.InsecureSkipVerify {
		pool, err := authorities(ca, capath)
		if err != nil {
			return nil, fmt.Errorf("database URL %s: %w", u.Redacted(), err)
		}
		c.RootCAs = pool
	}
	if (cert == "") != (key == "") {
		return nil, fmt.Errorf("database URL %s: ssl_cert and ssl_key belong together", u.Redacted())
	}
	if cert != "" {
		pair, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			return nil, fmt.Errorf("database URL %s: ssl_cert, ssl_key: %w", u.Redacted(), err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

func authorities(file, folder string) (*x509.CertPool, error) {
	files := []string{}
	if file != "" {
		files = append(files, file)
	}
	if folder != "" {
		found, err := filepath.Glob(filepath.Join(folder, "*"))
		if err != nil {
			return nil, fmt.Errorf("ssl_capath: %w", err)
		}
		files = append(files, found...)
	}
	pool, any := x509.NewCertPool(), false
	for _, name := range files {
		pem, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("ssl_ca: %w", err)
		}
		any = pool.AppendCertsFromPEM(pem) || any
	}
	if !any {
		return nil, fmt.Errorf("ssl_ca, ssl_capath: no certificate in %s", filepath.Join(file, folder))
	}
	return pool, nil
}

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

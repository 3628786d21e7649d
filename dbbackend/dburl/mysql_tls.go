package dburl

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// mysqlTLS follows PyMySQL: any ssl_ argument switches TLS on; with an
// authority the server's certificate and name are verified, without one
// nothing is (registry-config.md, 6.3).
func (u *URL) mysqlTLS() (config *tls.Config, warnings []string, err error) {
	ca, capath := u.Query["ssl_ca"], u.Query["ssl_capath"]
	cert, key, cipher := u.Query["ssl_cert"], u.Query["ssl_key"], u.Query["ssl_cipher"]
	if ca+capath+cert+key+cipher == "" {
		return nil, nil, nil
	}
	config = &tls.Config{ServerName: orDefault(u.Host, "localhost")}
	if ca+capath == "" {
		config.InsecureSkipVerify = true
		warnings = append(warnings, "database URL: the server's certificate is not verified; add ssl_ca")
	} else if config.RootCAs, err = authorities(ca, capath); err != nil {
		return nil, nil, u.errorf("%w", err)
	} else if u.Driver == "mysql" || u.Driver == "mysql+mysqldb" {
		warnings = append(warnings, "database URL: the server's certificate must bear the name "+config.ServerName+
			", which driver "+u.Driver+" did not check")
	}
	if cipher != "" {
		warnings = append(warnings, "database URL: argument ssl_cipher switches TLS on, but does not choose the cipher")
	}
	switch {
	case cert != "":
		pair, err := tls.LoadX509KeyPair(cert, orDefault(key, cert))
		if err != nil {
			return nil, nil, u.errorf("ssl_cert, ssl_key: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	case key != "":
		return nil, nil, u.errorf("ssl_key needs ssl_cert")
	}
	return config, warnings, nil
}

// authorities reads the certificates in a file and in the files of a folder.
func authorities(file, folder string) (*x509.CertPool, error) {
	pool := x509.NewCertPool()
	if file != "" {
		pem, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("ssl_ca: %w", err)
		}
		if !pool.AppendCertsFromPEM(pem) {
			return nil, errors.New("ssl_ca: no certificate in " + file)
		}
	}
	if folder == "" {
		return pool, nil
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("ssl_capath: %w", err)
	}
	found := false
	for _, entry := range entries {
		// Entries are links to certificates, named by their hashes. What can't
		// be read is none; a folder is no error for OpenSSL.
		if pem, err := os.ReadFile(filepath.Join(folder, entry.Name())); err == nil && pool.AppendCertsFromPEM(pem) {
			found = true
		}
	}
	if !found {
		return nil, errors.New("ssl_capath: no certificate in " + folder)
	}
	return pool, nil
}

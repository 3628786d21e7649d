package dburl

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/glancegate/glancegate/internal/legacytls"
)

// mysqlTLS follows PyMySQL: any ssl_ argument but ssl_disabled switches TLS on; with
// an authority the server's certificate and name are verified, without one
// nothing is (registry-config.md, 6.3). With ssl_verify_cert that decides, and
// the name is verified with ssl_verify_identity only.
func (u *URL) mysqlTLS() (config *tls.Config, warnings []string, err error) {
	if u.on("ssl_disabled", false) {
		return nil, []string{"database URL: ssl_disabled: the connection is not encrypted"}, nil
	}
	if !u.wantsTLS() {
		return nil, nil, nil
	}
	ca, capath := u.Query["ssl_ca"], u.Query["ssl_capath"]
	config = &tls.Config{ServerName: orDefault(u.Host, "localhost")}
	if ca+capath != "" {
		if config.RootCAs, err = authorities(ca, capath); err != nil {
			return nil, nil, u.errorf("%w", err)
		}
	}
	warnings = u.verifyMySQL(config)
	if u.on("legacy_tls", false) {
		legacytls.Accept(config)
		warnings = append(warnings, "database URL: "+legacytls.Warning)
	}
	if u.Query["ssl_cipher"] != "" {
		warnings = append(warnings, "database URL: argument ssl_cipher switches TLS on, but does not choose the cipher")
	}
	cert, key := u.Query["ssl_cert"], u.Query["ssl_key"]
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

// wantsTLS reports whether an argument switches TLS on.
func (u *URL) wantsTLS() bool {
	for _, name := range []string{"ssl_ca", "ssl_capath", "ssl_cert", "ssl_key", "ssl_cipher"} {
		if u.Query[name] != "" {
			return true
		}
	}
	return u.on("ssl_verify_cert", false) || u.nameVerified(false)
}

// verifyMySQL decides what of the server's certificate is verified.
func (u *URL) verifyMySQL(config *tls.Config) (warnings []string) {
	hasCA := config.RootCAs != nil
	_, decided := u.Query["ssl_verify_cert"]
	chain := u.on("ssl_verify_cert", hasCA) || u.nameVerified(false)
	name := chain && u.nameVerified(!decided && hasCA)
	switch {
	case !chain:
		config.InsecureSkipVerify = true
		warnings = append(warnings, "database URL: the server's certificate is not verified; add ssl_ca")
	case !name:
		roots := config.RootCAs
		config.InsecureSkipVerify = true
		config.VerifyConnection = func(state tls.ConnectionState) error { return legacytls.VerifyChain(state, roots) }
		warnings = append(warnings, "database URL: the name in the server's certificate is not verified; add ssl_verify_identity=true")
	case u.Driver == "mysql" || u.Driver == "mysql+mysqldb":
		warnings = append(warnings, "database URL: the server's certificate must have the name "+config.ServerName+
			", which driver "+u.Driver+" did not check")
	}
	return warnings
}

// nameVerified is the argument about the server's name, which has two names.
func (u *URL) nameVerified(missing bool) bool {
	return u.on("ssl_verify_identity", u.on("ssl_check_hostname", missing))
}

// on reads an argument that is on or off.
func (u *URL) on(name string, missing bool) bool {
	switch strings.ToLower(u.Query[name]) {
	case "":
		return missing
	case "0", "false", "no", "off", "none":
		return false
	}
	return true
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

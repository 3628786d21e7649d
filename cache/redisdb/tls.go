package redisdb

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
)

// tls reads the parameters ca_file, cert_file, key_file and server_name, and the files.
// Without server_name the certificate of every server has to match its name or address
// in the URL.
func (u *URL) tls() (*tls.Config, error) {
	if u.url.Scheme != "rediss" {
		for _, name := range []string{"ca_file", "cert_file", "key_file", "server_name"} {
			if u.query.Has(name) {
				return nil, fmt.Errorf("has %s, but no TLS; begin it with rediss", name)
			}
		}
		return nil, nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: u.query.Get("server_name")}
	if path := u.query.Get("ca_file"); path != "" {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("names a ca_file that can't be read: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("names ca_file %s, which has no certificate in PEM form", path)
		}
	}
	certificate, key := u.query.Get("cert_file"), u.query.Get("key_file")
	if (certificate == "") != (key == "") {
		return nil, errors.New("has only one of cert_file and key_file; give both or neither")
	}
	if certificate != "" {
		pair, err := tls.LoadX509KeyPair(certificate, key)
		if err != nil {
			return nil, fmt.Errorf("names cert_file and key_file that can't be used: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}

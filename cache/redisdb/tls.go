package redisdb

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"os"
)

// takeTLS reads and removes the parameters ca_file, cert_file, key_file and
// server_name.
func takeTLS(query url.Values, on bool, host string) (*tls.Config, error) {
	file := map[string]string{}
	for _, name := range []string{"ca_file", "cert_file", "key_file", "server_name"} {
		if query.Has(name) && !on {
			return nil, fmt.Errorf("has %s, but no TLS; begin it with rediss", name)
		}
		file[name] = query.Get(name)
		query.Del(name)
	}
	if !on {
		return nil, nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: host}
	if name := file["server_name"]; name != "" {
		config.ServerName = name
	}
	if path := file["ca_file"]; path != "" {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("ca_file: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("ca_file %s has no certificate in PEM form", path)
		}
	}
	if (file["cert_file"] == "") != (file["key_file"] == "") {
		return nil, errors.New("has one of cert_file and key_file; give both or none")
	}
	if file["cert_file"] != "" {
		certificate, err := tls.LoadX509KeyPair(file["cert_file"], file["key_file"])
		if err != nil {
			return nil, fmt.Errorf("cert_file and key_file: %w", err)
		}
		config.Certificates = []tls.Certificate{certificate}
	}
	return config, nil
}

package keystone

import (
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/url"
	"time"

	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/tokens"

	"github.com/glancegate/glancegate/internal/legacytls"
)

// Config is what a Validator needs, without defaults. Options.Resolve makes one.
type Config struct {
	// URL is the address of Keystone without the version, and without a slash
	// at its end.
	URL string

	// Login is how the service user logs in, unless there is a Token.
	Login tokens.AuthOptions

	// Token is used instead of a login.
	Token string

	// CAs are PEM blocks of the authorities that sign Keystone's certificate;
	// without them those of the system do.
	CAs []byte

	// Certificate and Key are PEM blocks of a client certificate.
	Certificate, Key []byte

	// Insecure turns the verification of Keystone's certificate off.
	Insecure bool

	// LegacyTLS accepts what Go refuses: certificates with a common name only, RSA
	// key exchange, and TLS 1.0.
	LegacyTLS bool

	// Timeout bounds a request to Keystone. A validation takes at most twice
	// as long.
	Timeout time.Duration

	// Retries is how often a request is repeated when there is no connection.
	Retries int

	// CacheTime is how long a valid token is remembered at most, 0 not at all.
	CacheTime time.Duration

	// CacheKey is the key of the hashes under which tokens are remembered; nil: a
	// random one.
	CacheKey []byte
}

// tls is the TLS settings towards Keystone.
func (c *Config) tls() (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: c.Insecure}
	if len(c.CAs) > 0 {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(c.CAs) {
			return nil, optionError("cafile", errors.New("there is no certificate in PEM form in this file"))
		}
	}
	if len(c.Certificate) > 0 {
		pair, err := tls.X509KeyPair(c.Certificate, c.Key)
		if err != nil {
			return nil, optionError("certfile, keyfile", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	if c.LegacyTLS {
		if u, err := url.Parse(c.URL); err == nil {
			config.ServerName = u.Hostname()
		}
		legacytls.Accept(config)
	}
	return config, nil
}

// cacheKey is the configured key, or a random one.
func (c *Config) cacheKey() []byte {
	if len(c.CacheKey) > 0 {
		return c.CacheKey
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key) // it never fails
	return key
}

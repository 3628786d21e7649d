// Package legacytls makes TLS clients accept servers as old as the old service, which
// Go refuses: certificates with a common name only, RSA key exchange (MySQL 5.7), and
// TLS 1.0 and 1.1.
package legacytls

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"strings"
)

// Warning says what is accepted.
const Warning = "legacy_tls: certificates with a common name only, RSA key exchange and TLS 1.0 are accepted; " +
	"give the server a certificate with a subject alternative name, and TLS 1.2 or later"

// Accept changes the settings of a client, which name the server. The certificate is
// still verified where it was before, and so is its name.
func Accept(config *tls.Config) {
	config.MinVersion = tls.VersionTLS10
	config.CipherSuites = suites()
	if config.InsecureSkipVerify {
		return
	}
	// Go's own verification knows no common names.
	roots, name := config.RootCAs, config.ServerName
	config.InsecureSkipVerify = true
	config.VerifyConnection = func(state tls.ConnectionState) error {
		if err := VerifyChain(state, roots); err != nil {
			return err
		}
		return verifyName(state, name)
	}
}

// VerifyChain verifies the chain of a certificate, but not its name.
func VerifyChain(state tls.ConnectionState, roots *x509.CertPool) error {
	if len(state.PeerCertificates) == 0 {
		return errors.New("the server has no certificate")
	}
	options := x509.VerifyOptions{Roots: roots, Intermediates: x509.NewCertPool()}
	for _, certificate := range state.PeerCertificates[1:] {
		options.Intermediates.AddCert(certificate)
	}
	if _, err := state.PeerCertificates[0].Verify(options); err != nil {
		return &tls.CertificateVerificationError{UnverifiedCertificates: state.PeerCertificates, Err: err}
	}
	return nil
}

// verifyName uses the common name if the certificate has no other name.
func verifyName(state tls.ConnectionState, name string) error {
	leaf := *state.PeerCertificates[0]
	if len(leaf.DNSNames)+len(leaf.IPAddresses)+len(leaf.EmailAddresses)+len(leaf.URIs) == 0 {
		if ip := net.ParseIP(leaf.Subject.CommonName); ip != nil {
			leaf.IPAddresses = []net.IP{ip}
		} else {
			leaf.DNSNames = []string{leaf.Subject.CommonName}
		}
	}
	if err := leaf.VerifyHostname(name); err != nil {
		return &tls.CertificateVerificationError{UnverifiedCertificates: state.PeerCertificates, Err: err}
	}
	return nil
}

// suites are those that Go offers by itself, and those with key exchange by RSA.
func suites() []uint16 {
	var ids []uint16
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		if !suite.Insecure || strings.HasPrefix(suite.Name, "TLS_RSA_WITH_AES") {
			ids = append(ids, suite.ID)
		}
	}
	return ids
}

// Helps reports whether a handshake has failed for something that would be
// accepted.
func Helps(err error) bool {
	if err == nil {
		return false
	}
	const handshakeFailure, protocolVersion = 40, 70
	var alert tls.AlertError
	if errors.As(err, &alert) {
		return alert == handshakeFailure || alert == protocolVersion
	}
	text := err.Error()
	for _, part := range []string{"legacy Common Name", "unsupported protocol version", "unconfigured cipher suite", "handshake failure", "protocol version not supported"} {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}

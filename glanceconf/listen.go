package glanceconf

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"net/netip"
	"strconv"
	"strings"

	"github.com/glancegate/glancegate/glanceconf/internal/osloconf"
)

const (
	defaultPort = "9191"

	// headersBesides is what all headers may have besides the longest line: the
	// service catalog alone can be larger than Caddy's own limit.
	headersBesides = 64 << 10
	minMaxHeaders  = 128 << 10

	// noEnd stands for a shutdown that waits for the last request however long it
	// takes, in seconds.
	noEnd = 24 * 60 * 60
)

func (r *reader) readListen() {
	l := &r.settings.Listen
	host := r.get(osloconf.Default, "bind_host")
	l.Host = host.text
	if !isHost(l.Host) {
		r.refuse("%s: %s must be one address, or one host name", host.place(), host.name())
	}
	l.Port, _ = strconv.Atoi(defaultPort)
	if v := r.get(osloconf.Default, "bind_port"); v.set {
		l.Port, _ = osloconf.ParseInt(v.text)
		if l.Port == 0 {
			r.refuse("%s: %s must be a port from 1 to 65535", v.place(), v.name())
		}
	}
	r.readTLS()
	l.CloseAlways = !r.on(osloconf.Default, "http_keepalive")
	l.KeepAliveIdle, _ = r.number(osloconf.Default, "tcp_keepidle", 1)
	l.Timeout, _ = r.number(osloconf.Default, "client_socket_timeout", 0)
	if grace, set := r.number(osloconf.Default, "graceful_shutdown_timeout", 0); set {
		l.Grace = cmp.Or(grace, noEnd)
	}
	line, _ := r.number(osloconf.Default, "max_header_line", 0)
	l.MaxHeader = max(minMaxHeaders, line+headersBesides)
}

// isHost reports whether a text is an address or a host name. That of a comment
// behind a value is neither.
func isHost(text string) bool {
	if _, err := netip.ParseAddr(text); err == nil {
		return true
	}
	return text != "" && text[0] != '-' && !strings.ContainsFunc(text, func(c rune) bool {
		return c != '-' && c != '.' && c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z')
	})
}

// isLoopback reports whether only this host can connect to an address.
func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}

func (r *reader) readTLS() {
	l := &r.settings.Listen
	cert, key, ca := r.get(osloconf.Default, "cert_file"), r.get(osloconf.Default, "key_file"), r.get(osloconf.Default, "ca_file")
	if (cert.text == "") != (key.text == "") {
		one := cert
		if cert.text == "" {
			one = key
		}
		r.refuse("%s: cert_file and key_file must both be set for TLS, or neither of them", one.place())
		return
	}
	if cert.text == "" {
		if ca.text != "" {
			r.findAt(Warn, ca, "has no effect without cert_file and key_file: clients are asked for certificates over TLS only")
		}
		return
	}
	var pem [3][]byte
	for i, v := range []value{cert, key, ca} {
		if v.text == "" {
			continue
		}
		r.writable(v.place(), v.text)
		var err error
		if pem[i], err = r.readFile(v.text); err != nil {
			r.refuse("%s: %s: %v", v.place(), v.name(), err)
			return
		}
	}
	if _, err := tls.X509KeyPair(pem[0], pem[1]); err != nil {
		r.refuse("%s: cert_file and key_file: %v", cert.place(), err)
	}
	if ca.text != "" && !x509.NewCertPool().AppendCertsFromPEM(pem[2]) {
		r.refuse("%s: ca_file: there is no certificate in %s", ca.place(), ca.text)
	}
	l.Cert, l.Key, l.ClientCA = cert.text, key.text, ca.text
}

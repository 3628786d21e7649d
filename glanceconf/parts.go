package glanceconf

import (
	"crypto/tls"
	"crypto/x509"
	"net/netip"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/glancegate/glancegate/glanceconf/osloconf"
)

func (r *reader) readSettings() {
	r.readPipeline()
	r.readListen()
	r.readServed()
	r.readLog()
	r.readDatabase()
	r.readIdentity()
	r.readAdmins()
	r.readOthers()
}

const (
	defaultPort = "9191"

	// headersBesides is what all headers may have besides the longest line: the
	// service catalog alone can be larger than Caddy's own limit.
	headersBesides  = 64 << 10
	leastMaxHeaders = 128 << 10
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
	line, _ := r.number(osloconf.Default, "max_header_line", 0)
	l.MaxHeader = max(leastMaxHeaders, line+headersBesides)
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

// noLimit stands for no limit of the length of a request id. Headers are bounded.
const noLimit = 65536

func (r *reader) readServed() {
	s := &r.settings.Served
	s.V1, s.RPC = r.on(osloconf.Default, "enable_v1_registry"), r.on(osloconf.Default, "enable_v2_registry")
	if !s.V1 && !s.RPC {
		r.refuse("%s: enable_v1_registry and enable_v2_registry are both off; nothing would be served", r.in.File)
	}
	s.DefaultPage, _ = r.number(osloconf.Default, "limit_param_default", 1)
	s.MaxPage, _ = r.number(osloconf.Default, "api_limit_max", 1)
	if s.RequestID, _ = r.number(osloconf.Default, "max_request_id_length", 0); s.RequestID == 0 {
		s.RequestID = noLimit
	}
	if r.pipeline.limitsSize {
		s.Body, _ = r.number("oslo_middleware", "max_request_body_size", 1)
	}
	s.HealthPath, s.HealthFile = r.pipeline.healthPath, r.pipeline.healthFile
	if v := r.get(osloconf.Default, "data_api"); v.text != databaseAPI {
		r.refuse("%s: %s must be %s, the default: the gateway talks to the database itself", v.place(), v.name(), databaseAPI)
	}
}

func (r *reader) readLog() {
	l := &r.settings.Log
	switch verbose := r.get(osloconf.Default, "verbose"); {
	case r.on(osloconf.Default, "debug"):
		l.Level = "DEBUG"
	case verbose.set && !isOn(verbose.text) && (r.release == "" || !r.since("pike")):
		l.Level = "WARN"
	default:
		l.Level = "INFO"
	}
	file, dir := r.get(osloconf.Default, "log_file"), r.get(osloconf.Default, "log_dir")
	switch {
	case file.text != "" && !path.IsAbs(file.text) && dir.text != "":
		l.File = path.Join(dir.text, file.text)
	case file.text != "":
		l.File = file.text
	case dir.text != "":
		l.File = path.Join(dir.text, "glance-registry.log")
	}
	r.writable("log_file", l.File)
}

// peersFrom are the networks that the environment names.
func (r *reader) peersFrom() []string {
	var peers []string
	for _, peer := range strings.FieldsFunc(r.env(EnvTrustedFrom), func(c rune) bool { return c == ',' || c == ' ' }) {
		_, err := netip.ParsePrefix(peer)
		if _, single := netip.ParseAddr(peer); err != nil && single != nil {
			r.refuse("%s: %q is no address and no network in CIDR notation", EnvTrustedFrom, peer)
		}
		peers = append(peers, peer)
	}
	slices.Sort(peers)
	return slices.Compact(peers)
}

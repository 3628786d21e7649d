package glanceconf

import (
	"fmt"
	"strconv"
)

// Caddyfile writes settings as a Caddyfile. Comments name what was changed or dropped.
func (s *Settings) Caddyfile(findings []Finding) string {
	w := &writer{}
	s.writeComments(w, findings)
	s.writeOptions(w)
	s.writeSite(w)
	return w.String()
}

func (s *Settings) writeOptions(w *writer) {
	w.open()
	w.line("admin", s.Admin)
	w.line("persist_config", "off")
	w.line("auto_https", "off")
	if s.Listen.Grace > 0 {
		w.line("grace_period", strconv.Itoa(s.Listen.Grace)+"s")
	}
	w.open("log")
	if s.Log.File != "" {
		w.line("output", "glance_registry", s.Log.File)
	}
	w.line("level", s.Log.Level)
	w.open("format", "filter")
	for _, field := range []string{"X-Auth-Token", "X-Storage-Token", "X-Service-Token", "X-Service-Catalog"} {
		w.line("request>headers>"+field, "delete")
	}
	w.close()
	w.close()
	w.open("servers")
	if s.Listen.Cert == "" {
		// The old service answered health checks without a host.
		w.open("listener_wrappers")
		w.line("glance_registry")
		w.close()
	}
	w.line("protocols", "h1", "h2")
	w.line("max_header_size", strconv.Itoa(s.Listen.MaxHeader)+"B")
	if s.Listen.ClientCA != "" {
		// Clients that connect to an address send no server name, and there is
		// one site with one policy.
		w.line("strict_sni_host", "insecure_off")
	}
	if s.Listen.KeepAliveIdle > 0 {
		w.line("keepalive_idle", strconv.Itoa(s.Listen.KeepAliveIdle)+"s")
	}
	s.writeTimeouts(w)
	w.close()
	w.close()
	w.WriteByte('\n')
}

// writeTimeouts bounds how long an answer may wait for a silent or slow client, since it
// takes memory meanwhile. The old server only had a timeout for silence.
func (s *Settings) writeTimeouts(w *writer) {
	w.open("timeouts")
	silence := "30s"
	if s.Listen.Timeout > 0 {
		silence = strconv.Itoa(s.Listen.Timeout) + "s"
		w.line("read_header", silence)
		w.line("read_body_idle", silence)
		w.line("idle", silence)
	}
	w.line("write_idle", silence)
	w.line("write", "5m")
	w.close()
}

func (s *Settings) writeSite(w *writer) {
	l := s.Listen
	if l.Cert == "" {
		w.open(fmt.Sprintf("http://:%d", l.Port))
	} else {
		w.open(fmt.Sprintf("https://:%d", l.Port))
	}
	w.line("bind", l.Host)
	if l.Cert != "" {
		s.writeTLS(w)
	}
	w.line("log")
	if l.CloseAlways {
		w.line("header", "Connection", "close")
	}
	w.open("glance_registry")
	s.writeDatabase(w)
	s.writeIdentity(w)
	s.writeAdmins(w)
	s.writeServed(w)
	w.close()
	w.close()
}

func (s *Settings) writeTLS(w *writer) {
	l := s.Listen
	if l.ClientCA == "" {
		w.line("tls", l.Cert, l.Key)
		return
	}
	w.open("tls", l.Cert, l.Key)
	w.open("client_auth")
	w.line("mode", "require_and_verify")
	w.line("trust_pool", "file", l.ClientCA)
	w.close()
	w.close()
}

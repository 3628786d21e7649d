package glanceconf

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// Caddyfile writes settings for Caddy. What was changed or dropped stands in
// comments.
func (s *Settings) Caddyfile(findings []Finding) string {
	w := &writer{}
	s.writeComments(w, findings)
	s.writeOptions(w)
	s.writeSite(w)
	return w.String()
}

// writer writes the lines of a Caddyfile.
type writer struct {
	strings.Builder
	depth int
}

func (w *writer) line(words ...string) {
	w.words(words)
	w.WriteByte('\n')
}

// open begins a block, with nothing in front of it or with words.
func (w *writer) open(words ...string) {
	w.words(words)
	if len(words) > 0 {
		w.WriteByte(' ')
	}
	w.WriteString("{\n")
	w.depth++
}

func (w *writer) words(words []string) {
	w.WriteString(strings.Repeat("\t", w.depth))
	for i, word := range words {
		if i > 0 {
			w.WriteByte(' ')
		}
		w.WriteString(quoted(word))
	}
}

func (w *writer) close() {
	w.depth--
	w.line("}")
}

// comment writes a text, which may come from the files, into one line.
func (w *writer) comment(format string, args ...any) {
	text := strings.Map(func(c rune) rune {
		if c < ' ' {
			return ' '
		}
		return c
	}, fmt.Sprintf(format, args...))
	// {$X} is replaced in comments, too.
	text = strings.ReplaceAll(text, "{$", "{ $")
	w.WriteString(strings.TrimRight("# "+text, " ") + "\n")
}

// quoted is a word as the Caddyfile's lexer reads it. It has no line ends and no
// backquotes.
func quoted(word string) string {
	// `caddy fmt` is mistaken about a brace within a word.
	if word == "" || word[0] == '#' || strings.ContainsAny(word, "\"\\<") ||
		strings.ContainsFunc(word, unicode.IsSpace) || strings.LastIndexByte(word, '{') > 0 {
		return "`" + word + "`"
	}
	return word
}

// Summary is the settings in a few lines, without secrets.
func (s *Settings) Summary() []string {
	scheme := "http"
	if s.Listen.Cert != "" {
		scheme = "https"
	}
	host := s.Listen.Host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	identity := s.Identity.Source
	if s.Identity.From != nil {
		identity += " from " + strings.Join(s.Identity.From, ", ")
	}
	return []string{
		"files: " + strings.Join(s.Files, ", "),
		fmt.Sprintf("listens on: %s://%s:%d", scheme, host, s.Listen.Port),
		"identity: " + identity,
		"admins: " + s.Admins.Words,
		"database: " + s.Database.Redacted,
		fmt.Sprintf("pages: %d images, %d at most", min(s.Served.DefaultPage, s.Served.MaxPage), s.Served.MaxPage),
	}
}

func (s *Settings) writeComments(w *writer, findings []Finding) {
	w.comment("Made of the configuration of glance-registry.")
	for _, line := range s.Summary() {
		w.comment("  %s", line)
	}
	for _, part := range []struct {
		verdict Verdict
		title   string
	}{
		{Warn, "Look at these:"}, {Translate, "Changed:"}, {Ignore, "Dropped:"},
	} {
		title := part.title
		for _, f := range findings {
			if f.Verdict != part.verdict {
				continue
			}
			if title != "" {
				w.comment("")
				w.comment("%s", title)
				title = ""
			}
			w.comment("  %s", f)
		}
	}
}

// String is a finding in one line.
func (f Finding) String() string {
	text := f.Text
	if f.Option != "" {
		text = f.Option + ": " + text
	}
	switch {
	case f.Line > 0:
		text += fmt.Sprintf(" (%s:%d)", f.File, f.Line)
	case f.File != "":
		text += " (" + f.File + ")"
	}
	return text
}

func (s *Settings) writeOptions(w *writer) {
	w.open()
	w.line("auto_https", "off")
	w.open("log")
	if s.Log.File != "" {
		w.open("output", "file", s.Log.File)
		w.line("roll_disabled")
		w.close()
	}
	w.line("level", s.Log.Level)
	w.open("format", "filter")
	for _, field := range []string{"X-Auth-Token", "X-Storage-Token", "X-Service-Token", "X-Service-Catalog"} {
		w.line("request>headers>"+field, "delete")
	}
	w.close()
	w.close()
	w.open("servers")
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
	if s.Listen.Timeout > 0 {
		seconds := strconv.Itoa(s.Listen.Timeout) + "s"
		w.open("timeouts")
		w.line("read_header", seconds)
		w.line("read_body_idle", seconds)
		w.line("idle", seconds)
		w.close()
	}
	w.close()
	w.close()
	w.WriteByte('\n')
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

func (s *Settings) writeDatabase(w *writer) {
	d := s.Database
	if d.MaxConnections == 0 && !d.ReadOnly {
		w.line("database", d.URL)
		return
	}
	w.open("database", d.URL)
	if d.MaxConnections > 0 {
		w.line("max_connections", strconv.Itoa(d.MaxConnections))
	}
	if d.ReadOnly {
		w.line("read_only")
	}
	w.close()
}

func (s *Settings) writeIdentity(w *writer) {
	i := s.Identity
	switch {
	case i.Source == FromNobody && i.Unsafe:
		w.line("identity", "none", "unsafe")
	case i.Source == FromNobody:
		w.line("identity", "none")
	case i.Source == FromHeaders && i.From == nil:
		w.line("identity", "trusted")
	case i.Source == FromHeaders:
		w.open("identity", "trusted")
		w.line(append([]string{"from"}, i.From...)...)
		w.close()
	default:
		w.open("identity", "keystone")
		for _, d := range i.Keystone {
			w.line(append([]string{d.Name}, d.Values...)...)
		}
		w.close()
	}
	if !i.OwnerIsTenant {
		w.line("owner_is_tenant", "off")
	}
	if i.AllowAnonymous {
		w.line("allow_anonymous")
	}
}

func (s *Settings) writeAdmins(w *writer) {
	a := s.Admins
	if a.Role != "admin" {
		w.line("admin_role", a.Role)
	}
	if a.Policy == "" {
		return
	}
	if a.PolicyDirs == nil && a.DefaultRule == "default" {
		w.line("policy_file", a.Policy)
		return
	}
	w.open("policy_file", a.Policy)
	if a.PolicyDirs != nil {
		w.line(append([]string{"dirs"}, a.PolicyDirs...)...)
	}
	if a.DefaultRule != "default" {
		w.line("default_rule", a.DefaultRule)
	}
	w.close()
}

func (s *Settings) writeServed(w *writer) {
	v := s.Served
	if s.Release != "" {
		w.line("compatible_with", s.Release)
	}
	if !v.V1 {
		w.line("v1", "off")
	}
	if !v.RPC {
		w.line("rpc", "off")
	}
	w.open("limits")
	w.line("default_page", strconv.Itoa(v.DefaultPage))
	w.line("max_page", strconv.Itoa(v.MaxPage))
	w.line("request_id", strconv.Itoa(v.RequestID))
	if v.Body > 0 {
		w.line("body_v1", strconv.Itoa(v.Body)+"B")
		w.line("body_rpc", strconv.Itoa(v.Body)+"B")
	}
	w.close()
	switch v.HealthPath {
	case stockHealthPath:
	case "":
		w.line("healthcheck", "off")
	default:
		w.line("healthcheck", v.HealthPath)
	}
	if v.HealthFile != "" && v.HealthPath != "" {
		w.line("healthcheck_file", v.HealthFile)
	}
}

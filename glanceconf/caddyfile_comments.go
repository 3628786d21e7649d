package glanceconf

import (
	"cmp"
	"fmt"
	"strings"
)

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
	lines := []string{
		"files: " + strings.Join(s.Files, ", "),
		"release: " + s.ReleaseWords,
		fmt.Sprintf("listens on: %s://%s:%d", scheme, host, s.Listen.Port),
		"callers are known by: " + s.identityWords(),
		"admins of Glance: " + s.Admins.Words,
		"database: " + s.Database.Redacted,
		fmt.Sprintf("pages: %d images, %d at most", min(s.Served.DefaultPage, s.Served.MaxPage), s.Served.MaxPage),
		"admin API: " + s.adminWords(),
		"log: " + cmp.Or(s.Log.File, "standard error"),
	}
	if !s.Served.V1 || !s.Served.RPC {
		lines = append(lines, "serves: "+s.servedWords())
	}
	return lines
}

// identityWords is how callers are known, for people.
func (s *Settings) identityWords() string {
	i := s.Identity
	words := "nothing; everybody is an admin"
	switch i.Source {
	case FromKeystone:
		words = "tokens, which Keystone validates"
		for _, d := range i.Keystone {
			if (d.Name == "auth_url" || d.Name == "identity_uri") && len(d.Values) > 0 {
				words += " at " + d.Values[0]
			}
		}
	case FromHeaders:
		words = "identity headers, which are believed from " + cmp.Or(strings.Join(i.From, ", "), "this host")
	}
	if i.AllowAnonymous {
		words += "; others may read public images"
	}
	return words
}

func (s *Settings) servedWords() string {
	if s.Served.V1 {
		return "registry v1 only, no /rpc"
	}
	return "registry v2 only, /rpc"
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
		{Warn, "Look at these:"}, {Translate, "Carried over in another form:"}, {Ignore, "Left out, as it has no use here:"},
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

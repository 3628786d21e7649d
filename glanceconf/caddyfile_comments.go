package glanceconf

import (
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

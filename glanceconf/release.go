package glanceconf

import (
	"strings"

	"github.com/glancegate/glancegate/compat"
	"github.com/glancegate/glancegate/glanceconf/internal/osloconf"
)

// assumed is the release where none is given.
const assumed = compat.Train

// telltales are options that files of later releases don't have, with the last
// release that used to have them.
var telltales = []struct {
	section, key string
	last         compat.Release
}{
	{osloconf.Default, "verbose", compat.Ocata},
	{tokenSection, "identity_uri", compat.Newton},
	{tokenSection, "auth_plugin", compat.Newton},
	{tokenSection, "signing_dir", compat.Pike},
}

// readRelease warns where no release is given and the files look older than the
// one that is assumed.
func (r *reader) readRelease() {
	s := r.settings
	if s.ReleaseWords = s.Release; r.ussuri {
		s.ReleaseWords = ussuri
	}
	if s.Release != "" {
		return
	}
	s.ReleaseWords = assumed.String() + " (assumed)"
	var found []string
	last := assumed
	note := func(name string, release compat.Release) {
		found = append(found, name)
		last = min(last, release)
	}
	for _, t := range telltales {
		if r.isWritten(t.section, t.key) {
			note(t.key, t.last)
		}
	}
	if strings.HasPrefix(r.text("database", "connection"), "mysql:") {
		note("a URL with mysql:", compat.Newton)
	}
	if found == nil {
		return
	}
	r.warn(r.in.File, "no release is given, and %s is assumed, but files with %s are of %s. Set %s to the release of the old service",
		assumed, join(found, "and"), upTo(last), EnvRelease)
}

// isWritten reports whether a file has an option under exactly this name. The
// files that packages bring along don't count.
func (r *reader) isWritten(section, key string) bool {
	for _, e := range r.conf.Entries() {
		if osloconf.Canonical(e.Section) == section && e.Key == key && !strings.HasPrefix(e.File, packagedFolder) {
			return true
		}
	}
	return false
}

// upTo lists the releases up to one of them.
func upTo(last compat.Release) string {
	return join(compat.Names[:last-compat.Mitaka+1], "or")
}

// join lists names, with a word before the last one.
func join(names []string, word string) string {
	end := len(names) - 1
	if end == 0 {
		return names[0]
	}
	return strings.Join(names[:end], ", ") + " " + word + " " + names[end]
}

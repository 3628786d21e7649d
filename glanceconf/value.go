package glanceconf

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/glancegate/glancegate/glanceconf/internal/osloconf"
)

// value is the value of an option and where it stands.
type value struct {
	text  string
	set   bool            // by a file
	wrong bool            // it is set, and refused
	entry *osloconf.Entry // nil: it is the default
	paste *pasteEntry     // or it is from the pipeline
}

// placeholder is what packages write into their files for the operator to replace.
var placeholder = regexp.MustCompile(`^%[A-Z_]+%$`)

// get is the value of an option, or its default. What can't be read is refused.
func (r *reader) get(section, key string) value {
	name := osloconf.Name{Section: section, Key: key}
	v, set, err := r.conf.Get(name)
	if err != nil {
		r.refuse("%v", err)
		return value{text: r.options[name].Default, wrong: true}
	}
	if !set || placeholder.MatchString(v.Text) {
		return value{text: r.options[name].Default}
	}
	return value{text: v.Text, set: v.Entry != nil, entry: v.Entry}
}

func (r *reader) text(section, key string) string { return r.get(section, key).text }

func (r *reader) on(section, key string) bool { return isOn(r.text(section, key)) }

func isOn(text string) bool {
	on, _ := osloconf.ParseBool(text)
	return on
}

// number is a number of at least minimum, or its default, or 0 where it has
// none.
func (r *reader) number(section, key string, minimum int) (n int, set bool) {
	v := r.get(section, key)
	n, _ = osloconf.ParseInt(v.text)
	if v.set && n < minimum {
		r.refuse("%s: %s must be at least %d", v.place(), v.name(), minimum)
	}
	return n, v.set
}

// place is where a value stands, for messages.
func (v value) place() string {
	switch {
	case v.entry != nil:
		return v.entry.Place()
	case v.paste != nil:
		return fmt.Sprintf("%s:%d", v.paste.file, v.paste.Line)
	default:
		return "default"
	}
}

// name is the name under which it stands there.
func (v value) name() string {
	switch {
	case v.entry != nil:
		return "[" + v.entry.Section + "] " + v.entry.Key
	case v.paste != nil:
		return "[" + v.paste.Section + "] " + v.paste.Key
	default:
		return ""
	}
}

// writable refuses what a Caddyfile can't hold.
func (r *reader) writable(what, text string) {
	if strings.ContainsAny(text, "{}\n\r\x00`") {
		r.refuse("%s: braces, backquotes and line ends can't be carried over", what)
	}
	if !utf8.ValidString(text) {
		r.refuse("%s: it is not UTF-8", what)
	}
}

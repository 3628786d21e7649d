package glanceconf

import (
	"slices"
	"strings"

	"github.com/glancegate/glancegate/compat"
	"github.com/glancegate/glancegate/glanceconf/internal/osloconf"
)

// readOthers looks at every line of the configuration files for what is not carried over
// and for possible mistakes.
func (r *reader) readOthers() {
	entries := r.conf.Entries()
	for i := range entries {
		r.readOther(&entries[i])
	}
	r.readFilterOptions()
	r.readProtections()
	r.compareFolders(entries)
}

func (r *reader) readOther(e *osloconf.Entry) {
	section := osloconf.Canonical(e.Section)
	v := value{text: e.Value, set: true, entry: e}
	if strings.TrimSpace(section) == "default" {
		r.mistake(r.warn(e.File, "the section [%s] is not [DEFAULT]; what stands in it never had an effect", e.Section))
		return
	}
	unused := r.pipeline.source != FromKeystone && section == tokenSection
	name := osloconf.Name{Section: section, Key: e.Key}
	known, ok := r.conf.Option(name)
	switch {
	case unused:
		r.findAt(Ignore, v, "is not used by this flavor")
		return
	case !ok:
		r.readUnknown(name, v)
		return
	case r.inPipeline(known):
		r.findAt(Ignore, v, "the filter authtoken of the pipeline has this option, too, and counts")
		return
	}
	option, isOurs := r.options[known.Name]
	if !isOurs {
		option = r.options[osloconf.Name{Section: tokenSection, Key: known.Key}] // moved by auth_section
	}
	if option.Verdict == Ignore || option.Verdict == Warn {
		r.readVerdict(option, v)
		return
	}
	counts := r.get(known.Section, known.Key)
	if known.Type != osloconf.Multi && (counts.entry == nil || *counts.entry != *e) {
		return // another one does
	}
	if strings.Contains(e.Value, " #") || strings.Contains(e.Value, " ;") {
		r.warnComment(option, v)
	}
	r.readVerdict(option, counts)
}

// warnComment is about a value with what its author took for a comment.
func (r *reader) warnComment(option Option, v value) {
	if secret[option.Name] {
		r.findAt(Warn, v, "has a blank and a # or ; in its value: there are no comments behind values, it is a part of it")
		return
	}
	r.findAt(Warn, v, "there are no comments behind values; it is read as %q", v.text)
}

// readVerdict says what becomes of an option that is set.
func (r *reader) readVerdict(option Option, v value) {
	if v.entry == nil && v.paste == nil { // only a placeholder
		return
	}
	unchanged := v.text == option.Default || option.Type == osloconf.Bool && isOn(v.text) == isOn(option.Default)
	switch option.Verdict {
	case Warn:
		if (v.text != "" || option.Default != "") && !unchanged && !isDefaultList(option, v) {
			r.findAt(Warn, v, "%s", option.Note)
			return
		}
		r.findAt(Ignore, v, "%s", option.Note)
	case Ignore:
		if n, _ := osloconf.ParseInt(v.text); option.Key == "connection_debug" && n >= 50 {
			r.findAt(Warn, v, "statements are not logged any more; if the log was an audit trail, turn on that of the database")
			return
		}
		r.findAt(Ignore, v, "%s", option.Note)
	case Translate:
		if newer := r.hiddenBy(option); newer != "" {
			r.findAt(Ignore, v, "does not count next to %s", newer)
		} else if !unchanged {
			r.findAt(Translate, v, "%s", option.Note)
		}
	case Refuse:
		if option.Key == "config_source" && v.text != "" && r.since(compat.Rocky) {
			r.refuse("%s: %s: %s", v.place(), v.name(), option.Note)
		}
	}
}

// hiddenBy names the option of the login beside which an older one does not count.
func (r *reader) hiddenBy(option Option) string {
	if option.Section != tokenSection || r.pipeline.source != FromKeystone {
		return ""
	}
	switch option.Key {
	case "auth_protocol", "auth_host", "auth_port", "auth_admin_prefix":
		if r.plugin("identity_uri").text != "" {
			return "identity_uri"
		}
	case "identity_uri", "admin_user", "admin_password", "admin_tenant_name", "admin_token":
	default:
		return ""
	}
	if r.plugin("auth_type").text != "" {
		return "auth_type"
	}
	return ""
}

// isDefaultList knows the defaults of the releases, which the table does not.
func isDefaultList(option Option, v value) bool {
	if option.Key != "allowed_rpc_exception_modules" {
		return false
	}
	for _, module := range osloconf.ParseList(v.text) {
		if !slices.Contains([]string{"builtins", "exceptions", "glance.common.exception"}, module) {
			return false
		}
	}
	return true
}

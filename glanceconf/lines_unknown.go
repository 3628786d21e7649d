package glanceconf

import (
	"path"
	"slices"
	"strings"

	"github.com/glancegate/glancegate/glanceconf/internal/osloconf"
)

// readUnknown handles names that the old service did not know.
func (r *reader) readUnknown(name osloconf.Name, v value) {
	if similar, ok := r.conf.Similar(name); ok {
		r.mistake(r.findAt(Warn, v, "is no option of glance-registry, and never had an effect; is %s meant?", similar.Key))
		return
	}
	if slices.Contains(ignoredSections, name.Section) || strings.HasPrefix(name.Section, "store") {
		r.findAt(Ignore, v, "the section never had an effect on the registry")
		return
	}
	r.findAt(Ignore, v, "is no option of glance-registry")
}

// compareFolders warns where the start command decided which of two values
// counted.
func (r *reader) compareFolders(entries []osloconf.Entry) {
	if r.in.Start != nil {
		return // it is known
	}
	inFile := map[osloconf.Name]string{}
	for _, e := range entries {
		if o, ok := r.conf.Option(osloconf.Name{Section: e.Section, Key: e.Key}); ok && e.File == r.in.File {
			inFile[o.Name] = e.Value
		}
	}
	for i := range entries {
		e := &entries[i]
		folder := path.Dir(e.File)
		if path.Dir(folder) != path.Dir(r.in.File) || !strings.HasSuffix(folder, ".conf.d") || strings.Contains(r.env(EnvConfig), folder) {
			continue
		}
		o, ok := r.conf.Option(osloconf.Name{Section: e.Section, Key: e.Key})
		if !ok || r.options[o.Name].Verdict == Ignore {
			continue
		}
		counts := r.get(o.Section, o.Key)
		if other, both := inFile[o.Name]; both && other != e.Value && counts.entry != nil && counts.entry.File == r.in.File {
			r.findAt(Warn, value{entry: e}, "%s sets it, too, and counts, as where the service was started with --config-file; "+
				"if it was started without, name the folder in %s=%s", path.Base(r.in.File), EnvConfig, folder)
		}
	}
}

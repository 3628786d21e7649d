package glanceconf

import (
	"path"

	"github.com/glancegate/glancegate/compat"
	"github.com/glancegate/glancegate/glanceconf/internal/osloconf"
)

func (r *reader) readLog() {
	l := &r.settings.Log
	switch verbose := r.get(osloconf.Default, "verbose"); {
	case r.on(osloconf.Default, "debug"):
		l.Level = "DEBUG"
	case verbose.set && !isOn(verbose.text) && (r.settings.Release == "" || !r.since(compat.Pike)):
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

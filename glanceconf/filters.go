package glanceconf

import (
	"strings"

	"github.com/glancegate/glancegate/glanceconf/internal/osloconf"
	"github.com/glancegate/glancegate/glanceconf/internal/paste"
)

// readFilter finds out what a filter means for the gateway.
func (r *reader) readFilter(f *paste.Element) {
	module, object, _ := strings.Cut(f.Factory, ":")
	p := r.pipeline
	place := p.file + ": [filter:" + f.Name + "]"
	switch {
	case module == "glance.api.middleware.context" && strings.HasPrefix(object, "ContextMiddleware"):
		if p.source = FromHeaders; p.authtoken != nil {
			p.source = FromKeystone
		}
	case module == "glance.api.middleware.context" && strings.HasPrefix(object, "UnauthenticatedContextMiddleware"):
		p.source = FromNobody
	case module == "keystonemiddleware.auth_token", module == "keystoneclient.middleware.auth_token":
		if p.source != "" {
			r.refuse("%s must stand in front of context", place)
		}
		p.authtoken = f
	case strings.HasPrefix(module, "osprofiler."):
	case strings.HasPrefix(module, "keystonemiddleware.audit"):
		r.warn(p.file, "[filter:%s] wrote audit events, and there are none any more; the access log says who did what", f.Name)
	case strings.HasPrefix(module, "oslo_middleware"), strings.HasPrefix(module, "oslo.middleware"):
		r.readOsloFilter(f, module, object, place)
	default:
		r.refuse("%s is made by %s, which is not known here: it may decide who may do what. "+
			"Remove it from the pipeline if it does not", place, f.Factory)
	}
}

// readOsloFilter knows the filters of oslo.middleware, by their modules and by
// their classes.
func (r *reader) readOsloFilter(f *paste.Element, module, object, place string) {
	kind := strings.ToLower(strings.TrimPrefix(module+"."+strings.TrimSuffix(object, ".factory"), "oslo_middleware"))
	is := func(names ...string) bool {
		for _, name := range names {
			if strings.Contains(kind, name) {
				return true
			}
		}
		return false
	}
	switch {
	case is("healthcheck"):
		r.readHealthcheck(f)
	case is("sizelimit", "requestbodysizelimiter"):
		r.pipeline.limitsSize = true
	case is("http_proxy_to_wsgi", "httpproxytowsgi", "request_id", "requestid", "catch_errors", "catcherrors"):
	case is("cors", "debug", "ssl"):
		r.warn(r.pipeline.file, "[filter:%s] is left out", f.Name)
	default:
		r.refuse("%s is made by %s, which is not known here", place, f.Factory)
	}
}

// readHealthcheck reads when a node is out of service.
func (r *reader) readHealthcheck(f *paste.Element) {
	p := r.pipeline
	option := func(key string) string { return r.filterOption(f, key).text }
	if p.healthPath = option("path"); p.healthPath == "" {
		p.healthPath = stockHealthPath
	}
	if p.healthPath[0] != '/' {
		r.refuse("%s: [filter:%s] path must begin with a slash", p.file, f.Name)
	}
	r.writable(p.file, p.healthPath)
	if isOn(option("detailed")) {
		r.warn(p.file, "[filter:%s] detailed: the answer has no details", f.Name)
	}
	for _, backend := range osloconf.ParseList(option("backends")) {
		switch backend {
		case "disable_by_file":
			p.healthFile = option("disable_by_file_path")
		case "disable_by_files_ports":
			p.healthFile = r.fileOfPort(option("disable_by_file_paths"))
		case "":
		default:
			r.warn(p.file, "[filter:%s] backends: %s is not known here", f.Name, backend)
		}
	}
	r.writable(p.file, p.healthFile)
}

// fileOfPort finds the file that belongs to our port: port:file,port:file.
func (r *reader) fileOfPort(paths string) string {
	port := r.text(osloconf.Default, "bind_port")
	if port == "" {
		port = defaultPort
	}
	for _, pair := range osloconf.ParseList(paths) {
		if of, file, _ := strings.Cut(pair, ":"); of == strings.TrimSpace(port) {
			return file
		}
	}
	return ""
}

// filterOption is an option of a filter.
func (r *reader) filterOption(f *paste.Element, key string) value {
	v, found, err := f.Get(key)
	if err != nil {
		r.refuse("%v", err)
	}
	if !found || placeholder.MatchString(v.Text) {
		return value{}
	}
	return value{text: v.Text, set: true, paste: &pasteEntry{v, r.pipeline.file}}
}

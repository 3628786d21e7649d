package glanceconf

import (
	"fmt"
	"slices"
	"strings"

	"github.com/glancegate/glancegate/glanceconf/internal/osloconf"
	"github.com/glancegate/glancegate/glanceconf/internal/paste"
)

// readFilter finds out what a filter means for the gateway.
func (r *reader) readFilter(f *paste.Element) {
	module, object, _ := strings.Cut(factoryOf(f), ":")
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
		r.readOsloFilter(f, module, object)
	default:
		r.unknownFilter(f)
	}
}

// factoryOf is the object that makes an element. Entry points are known by what they
// lead to.
func factoryOf(f *paste.Element) string {
	egg, ok := strings.CutPrefix(f.Factory, "egg:")
	if !ok {
		return f.Factory
	}
	distribution, entry, _ := strings.Cut(egg, "#")
	switch strings.ReplaceAll(strings.ToLower(distribution), "_", "-") {
	case "oslo.middleware", "oslo-middleware":
		return "oslo_middleware:" + entry
	case "keystonemiddleware", "python-keystoneclient":
		if entry == "auth_token" || entry == "audit" {
			return "keystonemiddleware." + entry + ":filter_factory"
		}
	case "osprofiler":
		return "osprofiler.web:WsgiMiddleware.factory"
	}
	return f.Factory
}

// unknownFilter leaves a filter out where that is allowed, and keeps it for a refusal
// where it is not.
func (r *reader) unknownFilter(f *paste.Element) {
	allowed := strings.FieldsFunc(r.env(EnvUnknownFilters), func(c rune) bool { return c == ',' || c == ' ' })
	if slices.Contains(allowed, f.Name) {
		r.warn(r.pipeline.file, "[filter:%s] is made by %s, which is not known here, and is left out, as %s says", f.Name, f.Factory, EnvUnknownFilters)
		return
	}
	r.pipeline.unknown = append(r.pipeline.unknown, f)
}

// refuseUnknown names all filters of which nothing is known.
func (r *reader) refuseUnknown() {
	unknown := r.pipeline.unknown
	if unknown == nil {
		return
	}
	var lines, names []string
	for _, f := range unknown {
		lines = append(lines, fmt.Sprintf("[filter:%s], made by %s", f.Name, f.Factory))
		names = append(names, f.Name)
	}
	list := strings.Join(names, ",")
	r.refuse("%s: the pipeline has filters that are not known here, and may decide who may do what: %s. "+
		"Where they don't, remove them from the pipeline; or, if a tool owns the file, leave them out with "+
		"--allow-unknown-filters=%s (`glance-registry serve` and `convert`) or the environment variable %s=%s",
		r.pipeline.file, strings.Join(lines, "; "), list, EnvUnknownFilters, list)
}

// readOsloFilter knows the filters of oslo.middleware, by their modules and by
// their classes.
func (r *reader) readOsloFilter(f *paste.Element, module, object string) {
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
		r.unknownFilter(f)
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

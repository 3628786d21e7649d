package glanceconf

import (
	"path"
	"strings"

	"github.com/glancegate/glancegate/glanceconf/internal/paste"
)

// pipeline is what the filters in front of the registry do.
type pipeline struct {
	source    string         // of identity; empty: there is none
	authtoken *paste.Element // nil in the stock file, which sets nothing
	file      string         // empty: the stock file is assumed

	healthPath, healthFile string
	limitsSize             bool

	withoutV1, withoutRPC bool             // the application is one half of the registry
	unknown               []*paste.Element // filters that are refused
}

// pasteEntry is an option of a filter.
type pasteEntry struct {
	paste.Value
	file string
}

const (
	stockHealthPath = "/healthcheck"
	stockHealthFile = "/etc/glance/healthcheck_disable"
)

// stock is the pipelines of the file that Glance ships.
var stock = map[string]string{"": FromNobody, "keystone": FromKeystone, "trusted-auth": FromHeaders}

// readPipeline finds out what is in front of the registry.
func (r *reader) readPipeline() {
	r.pipeline = &pipeline{}
	flavor, name := r.text("paste_deploy", "flavor"), "glance-registry"
	if flavor != "" {
		name += "-" + flavor
	}
	file, found := r.pasteFile()
	if !found {
		if file == "" {
			r.assumeStock(flavor)
		}
		return
	}
	content, err := r.readFile(file)
	if err != nil {
		r.refuse("%v", err)
		return
	}
	parsed, err := paste.Parse(file, content)
	if err != nil {
		r.refuse("%v", err)
		return
	}
	p, err := parsed.Pipeline(name)
	if err != nil {
		r.refuse("%v", err)
		return
	}
	r.pipeline.file = file
	switch module, _, _ := strings.Cut(p.App.Factory, ":"); module {
	case "glance.registry.api":
	case "glance.registry.api.v1":
		r.pipeline.withoutRPC = true
	case "glance.registry.api.v2":
		r.pipeline.withoutV1 = true
	default:
		r.refuse("%s: [pipeline:%s] ends in %s, which is not the registry", file, name, p.App.Factory)
	}
	for i := range p.Filters {
		r.readFilter(&p.Filters[i])
	}
	r.refuseUnknown()
	if r.pipeline.source == "" && r.pipeline.unknown == nil {
		r.refuse("%s: [pipeline:%s] has no filter context or unauthenticated-context; nothing says who is calling", file, name)
	}
	if r.pipeline.authtoken != nil && r.pipeline.source != FromKeystone && r.pipeline.unknown == nil {
		r.refuse("%s: in [pipeline:%s] the filter authtoken must stand in front of context", file, name)
	}
}

// pasteFile finds the file with the pipelines. Where none was named and none is
// there, its name is empty.
func (r *reader) pasteFile() (name string, found bool) {
	option := r.get("paste_deploy", "config_file")
	if option.text != "" {
		if name, found = r.find(option.text); !found {
			r.refuse("%s: %s names %s, which is not there", option.place(), option.name(), option.text)
			return option.text, false
		}
		return name, true
	}
	base, _ := strings.CutSuffix(path.Base(r.lastFile), ".conf")
	return r.find(base + "-paste.ini")
}

func (r *reader) assumeStock(flavor string) {
	source, known := stock[flavor]
	if !known {
		v := r.get("paste_deploy", "flavor")
		r.refuse("%s: there is no file with the pipeline of the flavor %q; name it in [paste_deploy] config_file, "+
			"or use one of the flavors keystone and trusted-auth", v.place(), flavor)
		return
	}
	r.pipeline.source, r.pipeline.healthPath, r.pipeline.healthFile = source, stockHealthPath, stockHealthFile
	r.warn(r.in.File, "there is no file with pipelines beside it; that of the packages is assumed")
}

package paste

import (
	"slices"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/kit"
)

const stock = `# Default: no auth
[pipeline:glance-registry]
pipeline = healthcheck osprofiler unauthenticated-context registryapp

[pipeline:glance-registry-keystone]
pipeline = healthcheck
   authtoken

# a comment
   # and another
   context registryapp

[app:registryapp]
paste.app_factory = glance.registry.api:API.factory

[filter:healthcheck]
paste.filter_factory = oslo_middleware:Healthcheck.factory
backends = disable_by_file
disable_by_file_path = %(here)s/healthcheck_disable

[filter:context]
paste.filter_factory = context

[filter:unauthenticated-context]
paste.filter_factory = uncontext

[filter:authtoken]
paste.filter_factory = keystonemiddleware.auth_token:filter_factory
delay_auth_decision = true

[filter:osprofiler]
paste.filter_factory = osprofiler.web:WsgiMiddleware.factory
hmac_keys = SECRET_KEY  #DEPRECATED
`

func parse(t *testing.T, content string) *File {
	t.Helper()
	f, err := Parse("/etc/glance/p.ini", []byte(content))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func names(p *Pipeline) string {
	var names []string
	for _, f := range p.Filters {
		names = append(names, f.Name)
	}
	return strings.Join(append(names, p.App.Name), " ")
}

func TestStock(t *testing.T) {
	f := parse(t, stock)
	for name, want := range map[string]string{
		"glance-registry":          "healthcheck osprofiler unauthenticated-context registryapp",
		"glance-registry-keystone": "healthcheck authtoken context registryapp",
	} {
		p, err := f.Pipeline(name)
		if err != nil || names(p) != want {
			t.Errorf("%s: %v %v", name, names(p), err)
		}
	}
	p, err := f.Pipeline("glance-registry")
	if err != nil {
		t.Fatal(err)
	}
	if p.App.Factory != "glance.registry.api:API.factory" || p.Filters[1].Factory != "osprofiler.web:WsgiMiddleware.factory" {
		t.Errorf("%q %q", p.App.Factory, p.Filters[1].Factory)
	}
	for _, c := range []struct {
		filter     int
		key, value string
	}{
		{0, "disable_by_file_path", "/etc/glance/healthcheck_disable"},
		{1, "hmac_keys", "SECRET_KEY  #DEPRECATED"},
	} {
		if v, found, err := p.Filters[c.filter].Get(c.key); err != nil || !found || v.Text != c.value {
			t.Errorf("%s: %+v %v", c.key, v, err)
		}
	}
	if keys := p.Filters[0].Keys(); !slices.Equal(keys, []string{"backends", "disable_by_file_path", "paste.filter_factory"}) {
		t.Errorf("keys %q", keys)
	}
}

// Defaults of the file, options for all, and filters made of others.
func TestInheritance(t *testing.T) {
	p, err := parse(t, `
[DEFAULT]
admin_user = by-default
region = r1
[pipeline:x]
pipeline = token app
[app:app]
paste.app_factory = a
set admin_user = by-set
[filter:token]
use = base
Key: %(region)s-%(own)s
own = o
[filter:base]
paste.filter_factory = base
Key = of-base
other = of-base
`).Pipeline("x")
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{
		"Key": "r1-o", "other": "of-base", "admin_user": "by-set", "region": "r1", "key": "",
	} {
		if v, _, err := p.Filters[0].Get(key); err != nil || v.Text != want {
			t.Errorf("%s: %q %v, want %q", key, v.Text, err, want)
		}
	}
	if p.Filters[0].Factory != "base" {
		t.Errorf("factory %q", p.Filters[0].Factory)
	}
}

// What Python 2 and 3 read in the same way, or one of them did not start with.
func TestEitherPython(t *testing.T) {
	const rest = "\n[app:a]\npaste.app_factory=x\n[filter:f]\npaste.filter_factory=y\nv = VALUE\n"
	for pipeline, want := range map[string]string{
		"f a ; note":             "f a",
		"f\n# note\n a":          "f a",
		"f\n  # note\n\n  a":     "f a",
		"f a\n[pipeline:p]":      "f a",
		"a\n[x]\n[pipeline:p]":   "a",
		"f a # x":                "",
		"f\n a ; note":           "",
		"f a\nother = x":         "",
		"g a":                    "",
		"f egg:Paste#x":          "f egg:Paste#x",
		"":                       "",
		"f a\npipeline = f f a ": "f f a",
	} {
		p, err := parse(t, "[pipeline:p]\npipeline = "+pipeline+rest).Pipeline("p")
		if want == "" && err == nil || want != "" && (err != nil || names(p) != want) {
			t.Errorf("%q: %v", pipeline, err)
		}
	}
	for value, want := range map[string]string{
		"a%b": "a%b", "a;b": "a;b", "x #y": "x #y", `"q"`: `"q"`, "$x": "$x",
		"a%%b": "", "a ;b": "", "; b": "", "%(v)s": "", "%(missing)s": "", "%(here": "",
	} {
		f := parse(t, strings.Replace("[pipeline:p]\npipeline = f a"+rest, "VALUE", value, 1))
		p, err := f.Pipeline("p")
		if err != nil {
			t.Fatal(err)
		}
		v, _, err := p.Filters[0].Get("v")
		if want == "" && err == nil || want != "" && (err != nil || v.Text != want) {
			t.Errorf("%q: %q %v", value, v.Text, err)
		}
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"a = b", "/p:1: an option must stand in a section"},
		{"[x\n", "/p:1: a section must"},
		{"[]\n", "/p:1: a section must"},
		{"[x]\nhello", "/p:2: there is no name"},
		{"[x]\n= y", "/p:2: there is no name"},
		{"[x]\na = b", "/p: there is no [pipeline:p]; it has no pipeline at all"},
		{"[pipeline:q]\npipeline = a", "it has [pipeline:q]"},
		{"[composite:p]\nuse = egg:Paste#urlmap", "[composite:p] is no pipeline"},
		{"[pipeline:p]\npipeline = a", "there is no [app:a]"},
		{"[pipeline:p]\npipeline = a\n[app:a]\nuse = config:other.ini", "config:other.ini is outside"},
		{"[pipeline:p]\npipeline = a\n[app:a]\nuse = b\n[app:b]\nuse = a", "uses itself"},
		{"[pipeline:p]\npipeline = a\n[app:a]\nx = y", "lacks the option paste.app_factory"},
		{"[pipeline:p]\npipeline = a\n[app:a]\npaste.app_factory = y\nfilter-with = z", "filter-with"},
	} {
		f, err := Parse("/p", []byte(c.text))
		if err == nil {
			_, err = f.Pipeline("p")
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: got %v, want %s", c.text, err, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(stock)
	f.Add("[DEFAULT]\na=%(b)s\nb=%(a)s%(a)s\n[pipeline:glance-registry]\npipeline = x y\n[filter:x]\nuse=y\n[filter:y]\nuse=x")
	f.Fuzz(func(t *testing.T, text string) {
		defer kit.Cheap(t, len(text))()
		file, err := Parse("/p", []byte(text))
		if err != nil {
			return
		}
		p, err := file.Pipeline("glance-registry")
		if err != nil {
			return
		}
		for _, filter := range p.Filters {
			for _, key := range filter.Keys() {
				_, _, _ = filter.Get(key)
			}
		}
	})
}

package glanceconf

import (
	"strings"
	"testing"
	"testing/fstest"
)

// A glance-api beside the registry that protects properties is told of: the gateway's
// own API for users does not.
func TestProtections(t *testing.T) {
	for _, c := range []struct {
		registry string            // what glance-registry.conf has besides
		beside   map[string]string // other files in the folder
		want     string            // where it is set, or what is said; empty: no warning
	}{
		{"", nil, ""},
		{"", map[string]string{"glance-api.conf": "[DEFAULT]\n# property_protection_file = x\n[database]\nproperty_protection_file = x\n"}, ""},
		{"", map[string]string{"glance-api.conf": "[DEFAULT]\nproperty_protection_file =\n"}, ""},
		{"", map[string]string{"glance-api.conf": "[DEFAULT]\n\nproperty_protection_file = protections.conf\n"}, "/etc/glance/glance-api.conf:3"},
		{"", map[string]string{"glance-api.conf": "", "glance-api.conf.d/b.conf": "[DEFAULT]\nproperty_protection_file = $x\n"}, "/etc/glance/glance-api.conf.d/b.conf:2"},
		{"", map[string]string{"glance.conf": "[DEFAULT]\nproperty_protection_file = x\n", "glance-api.conf": "[DEFAULT]\nproperty_protection_file =\n"}, ""},
		{"", map[string]string{"glance-api.conf": "["}, "can't be read"},
		{"property_protection_file = x\n", nil, "/etc/glance/glance-registry.conf:"},
	} {
		files := fstest.MapFS{"etc/glance/glance-registry-paste.ini": {Data: []byte(pasteInOrder)}}
		for name, content := range c.beside {
			files["etc/glance/"+name] = &fstest.MapFile{Data: []byte(content)}
		}
		settings, findings, err := Read(Input{
			File: "/etc/glance/glance-registry.conf", Root: files,
			Content: []byte(strings.Replace(confInOrder, "[DEFAULT]\n", "[DEFAULT]\n"+c.registry, 1)),
		})
		if err != nil {
			t.Errorf("%v: %v", c, err)
			continue
		}
		warnings := Warnings(findings)
		switch {
		case c.want == "" && len(warnings) > 0, c.want != "" && len(warnings) != 1:
			t.Errorf("%v: got %v", c, warnings)
		case c.want == "":
		case !strings.Contains(warnings[0].String(), c.want) || !strings.Contains(warnings[0].String(), "images_v1"):
			t.Errorf("%v: got %s", c, warnings[0])
		case !strings.Contains(settings.Caddyfile(findings), "images_v1"):
			t.Errorf("%v: the Caddyfile does not say it:\n%s", c, settings.Caddyfile(findings))
		}
	}
}

package documents

import (
	"strings"
	"testing"

	_ "github.com/glancegate/glancegate" // the directive
	"github.com/glancegate/glancegate/integration/caddykit"
)

// Caddy takes every Caddyfile of the documents. The ones in Caddyfile.example are
// tested with the module.
func TestCaddyfiles(t *testing.T) {
	found := 0
	for _, document := range manuals(t) {
		for _, s := range samples(t, document, "caddyfile") {
			found++
			config := s.text
			if strings.HasPrefix(config, "glance_registry ") {
				config = ":9191 {\n" + config + "}\n"
			}
			if !t.Run(strings.TrimPrefix(document, root+"/"), func(t *testing.T) { caddykit.Adapt(t, config) }) {
				t.Errorf("%s:%d", document, s.line)
			}
		}
	}
	if found < 15 {
		t.Errorf("only %d Caddyfiles were found", found)
	}
}

// Package caddykit has what tests need of Caddy, with all of its standard modules.
package caddykit

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig"
	_ "github.com/caddyserver/caddy/v2/modules/standard"
)

// Adapt makes Caddy's JSON of a Caddyfile. The test fails at warnings, but for
// one about white space.
func Adapt(t testing.TB, caddyfile string) []byte {
	t.Helper()
	config, warnings, err := caddyconfig.GetAdapter("caddyfile").Adapt([]byte(caddyfile), nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, caddyfile)
	}
	for _, w := range warnings {
		if !strings.Contains(w.Message, "not formatted") {
			t.Errorf("Caddyfile: %s", w)
		}
	}
	return config
}

// Validate provisions a configuration without running it, as `caddy validate`
// does.
func Validate(t testing.TB, content []byte) error {
	t.Helper()
	var config caddy.Config
	if err := json.Unmarshal(content, &config); err != nil {
		t.Fatal(err)
	}
	return caddy.Validate(&config)
}

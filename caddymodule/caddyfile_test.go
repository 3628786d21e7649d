package caddymodule

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2/caddyconfig"
	"github.com/caddyserver/caddy/v2/caddytest"
)

// Every file is a Caddyfile, a line of dashes, and the JSON or the error that
// is made of it.
func TestCaddyfile(t *testing.T) {
	files, err := filepath.Glob("testdata/*.caddytest")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".caddytest"), func(t *testing.T) {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			config, want, _ := strings.Cut(string(content), "----------\n")
			want = strings.TrimSpace(want)
			if strings.HasPrefix(want, "{") {
				caddytest.AssertAdapt(t, config, "caddyfile", want)
				return
			}
			_, _, err = caddyconfig.GetAdapter("caddyfile").Adapt([]byte(config), nil)
			if err == nil || err.Error() != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		})
	}
}

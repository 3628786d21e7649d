package caddymodule

import (
	"os"
	"strings"
	"testing"
)

// The example and the configurations in its comments are right.
func TestExample(t *testing.T) {
	content, err := os.ReadFile("../Caddyfile.example")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("GLANCE_DB_PASSWORD", "s3cret")
	t.Setenv("KEYSTONE_PASSWORD", "s3cret")
	configs := strings.Split(string(content), "\n# --- ")
	for n, config := range configs {
		if n > 0 {
			config = uncommented(config)
		}
		// Files that a test does not have.
		config = strings.NewReplacer(
			"{file./etc/glance/database_password}", "s3cret",
			"{file./etc/glance/redis_password}", "s3cret",
			"{file./etc/glance/registry-cache.key}", "s3cret-of-some-length",
			"tls /etc/glance/site.pem /etc/glance/site.key", "",
		).Replace(config)
		if err := validate(t, config); err != nil {
			t.Errorf("%d: %v\n%s", n, err, config)
		}
	}
	if len(configs) < 4 {
		t.Errorf("%d configurations", len(configs))
	}
}

// uncommented is the lines of a comment that are indented.
func uncommented(comment string) string {
	var config strings.Builder
	for line := range strings.Lines(comment) {
		if code, ok := strings.CutPrefix(line, "#\t"); ok {
			config.WriteString(code)
		}
	}
	return config.String()
}

// Package build tests that others can build Caddy with the module.
package build

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

const (
	// xcaddyVersion is a release of Caddy's build tool.
	xcaddyVersion = "v0.4.5"
	modulePath    = "github.com/glancegate/glancegate"
)

// xcaddy builds Caddy with the root package, and the binary has the handler and
// the commands.
func TestXcaddy(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "caddy")
	build := exec.Command("go", "run", "github.com/caddyserver/xcaddy/cmd/xcaddy@"+xcaddyVersion,
		"build", output(t, "go", "list", "-m", "-f", "{{.Version}}", "github.com/caddyserver/caddy/v2"),
		"--output", binary, "--with", modulePath)
	// With the settings of the tests' own programs, Caddy itself is compiled already.
	build.Env = append(os.Environ(), "TMPDIR="+t.TempDir(), "CGO_ENABLED="+output(t, "go", "env", "CGO_ENABLED"), "XCADDY_GO_BUILD_FLAGS=-ldflags=-s",
		"GOFLAGS=-modcacherw", "GONOSUMDB="+modulePath, "GOPROXY=file://"+publish(t)+","+output(t, "go", "env", "GOPROXY"))
	if log, err := build.CombinedOutput(); err != nil {
		t.Fatalf("xcaddy: %v\n%s", err, log)
	}
	if modules := output(t, binary, "list-modules"); !strings.Contains(modules, "http.handlers.glance_registry") {
		t.Errorf("list-modules lacks the handler:\n%s", modules)
	}
	if help := output(t, binary, "glance-registry", "--help"); !strings.Contains(help, "convert") {
		t.Errorf("glance-registry --help lacks a command:\n%s", help)
	}
}

// publish makes a module proxy of files that has the checkout as a release. The
// version is a new one each time, since the module cache keeps what it has seen.
func publish(t *testing.T) string {
	t.Helper()
	v := module.Version{Path: modulePath, Version: fmt.Sprintf("v0.0.%d", time.Now().UnixNano())}
	proxy := t.TempDir()
	versions := filepath.Join(proxy, v.Path, "@v")
	if err := os.MkdirAll(versions, 0o755); err != nil {
		t.Fatal(err)
	}
	archive, err := os.Create(filepath.Join(versions, v.Version+".zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	if err := zip.CreateFromDir(archive, v, "../.."); err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"list": v.Version + "\n", v.Version + ".mod": string(mod), v.Version + ".info": fmt.Sprintf(`{"Version":%q}`, v.Version),
	} {
		if err := os.WriteFile(filepath.Join(versions, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cache := filepath.Join(output(t, "go", "env", "GOMODCACHE"), modulePath+"@"+v.Version)
	t.Cleanup(func() {
		if err := os.RemoveAll(cache); err != nil {
			t.Error(err)
		}
	})
	return proxy
}

// output is what a command prints; the test ends when it fails.
func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	text, err := exec.Command(name, args...).Output()
	if err != nil {
		t.Fatalf("%s %s: %v", name, strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(text))
}

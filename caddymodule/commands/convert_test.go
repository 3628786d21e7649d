package commands

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/glanceconf"
	"github.com/glancegate/glancegate/integration/caddykit"
)

func runConvert(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	cmd := convertCommand()
	cmd.SetArgs(args)
	cmd.SetOut(&out)
	cmd.SetErr(&out)
	err := cmd.Execute()
	return out.String(), err
}

// What is printed becomes what the adapter makes.
func TestConvert(t *testing.T) {
	const socket = "unix//tmp/of-the-service.sock"
	t.Setenv(glanceconf.EnvAdmin, socket) // whether or not a package is installed here
	path := oldConfig(t, keystoneConfig)
	printed, err := runConvert(t, path)
	if err != nil {
		t.Fatal(err)
	}
	config, _, err := adaptOld(t, path)
	if err != nil {
		t.Fatal(err)
	}
	if got := caddykit.Adapt(t, printed); !bytes.Equal(got, config) {
		t.Errorf("%s\nbecomes\n%s\nthe adapter makes\n%s", printed, got, config)
	}
	if !strings.Contains(printed, "# Look at these:") {
		t.Errorf("no comments in\n%s", printed)
	}
	trial, err := runConvert(t, "--trial", "9291", path)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.NewReplacer(":9191", ":9291", socket, "unix//tmp/glance-registry-trial-9291.sock", "password}@192.0.2.1/glance`", "password}@192.0.2.1/glance` {\n\t\t\tread_only\n\t\t}").Replace(printed)
	if trial != want {
		t.Errorf("for a trial\n%s\nwant\n%s", trial, want)
	}
	if printed, err := runConvert(t, oldConfig(t, "[DEFAULT]\n")); err == nil || strings.Contains(printed, "glance_registry {") {
		t.Errorf("%v\n%s", err, printed)
	}
	if _, err := runConvert(t, filepath.Join(t.TempDir(), "missing.conf")); err == nil {
		t.Error("a missing file is converted")
	}
}

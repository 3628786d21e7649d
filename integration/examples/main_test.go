// Package examples tests the folder examples.
package examples

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/glancegate/glancegate/integration/gateways"
	"github.com/glancegate/glancegate/integration/kit"
)

const root = "../../examples"

func TestMain(m *testing.M) {
	code := m.Run()
	gateways.Clean()
	os.Exit(code)
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// run runs a program, and fails where it does. The test is skipped without the
// program.
func run(t *testing.T, program string, args ...string) {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		kit.Lacking(t, "%v", err)
	}
	if out, err := exec.Command(path, args...).CombinedOutput(); err != nil {
		t.Errorf("%s %v: %v\n%s", program, args, err, out)
	}
}

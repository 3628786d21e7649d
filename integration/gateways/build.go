package gateways

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// binary is the program, which is built once for all tests of a package.
var binary struct {
	once   sync.Once
	folder string
	err    error
}

// build makes the program of this module and returns its path. The race detector
// is not in it, as it would take part in what tests measure.
func build(t testing.TB) string {
	t.Helper()
	binary.once.Do(func() {
		if binary.folder, binary.err = os.MkdirTemp("", "glancegate-gateway-"); binary.err != nil {
			return
		}
		cmd := exec.Command("go", "build", "-o", program(), "github.com/glancegate/glancegate/xcaddy")
		if out, err := cmd.CombinedOutput(); err != nil {
			binary.err = fmt.Errorf("go build: %w\n%s", err, out)
		}
	})
	if binary.err != nil {
		t.Fatal(binary.err)
	}
	return program()
}

func program() string { return filepath.Join(binary.folder, "glance-gateway") }

// Clean removes the program. TestMain calls it after the tests.
func Clean() {
	if binary.folder != "" {
		_ = os.RemoveAll(binary.folder)
	}
}

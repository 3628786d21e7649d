package logfile

import (
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"
)

// A log goes to standard error until a configuration runs, into its file, with what
// was written before, while one does, and into both when it has ended.
func TestWriter(t *testing.T) {
	stderr := captured(t)
	name := filepath.Join(t.TempDir(), "folder", "registry.log")
	opener := Writer{Filename: name}
	if err := opener.Provision(caddy.Context{}); err != nil {
		t.Fatal(err)
	}
	w, err := opener.OpenWriter()
	if err != nil {
		t.Fatal(err)
	}
	write(t, w, "validating\n")
	if _, err := os.Stat(filepath.Dir(name)); err == nil {
		t.Error("there is a folder before the configuration runs")
	}
	if err := Begin(); err != nil {
		t.Fatal(err)
	}
	write(t, w, "serving\n")
	if info, err := os.Stat(name); err != nil || info.Mode() != fileMode {
		t.Errorf("%v %v", info, err)
	}
	if err := os.Rename(name, name+".1"); err != nil {
		t.Fatal(err)
	}
	time.Sleep(lookInterval)
	write(t, w, "rotated\n")
	End()
	write(t, w, "stopped\n")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	expect(t, name+".1", "validating\nserving\n")
	expect(t, name, "rotated\nstopped\n")
	expect(t, stderr, "validating\nstopped\n")
}

// The gateway does not start if a log file can't be written.
func TestFileCannotBeWritten(t *testing.T) {
	w, err := Writer{Filename: "/dev/null/registry.log"}.OpenWriter()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := Begin(); err == nil {
		End()
		t.Error("it begins")
	}
	if isRunning() {
		t.Error("it runs")
	}
}

// captured has standard error go into a file until the end of the test.
func captured(t *testing.T) (name string) {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	before := os.Stderr
	os.Stderr = f
	t.Cleanup(func() {
		os.Stderr = before
		f.Close()
	})
	return f.Name()
}

func write(t *testing.T, w io.Writer, line string) {
	t.Helper()
	if n, err := io.WriteString(w, line); n != len(line) || err != nil {
		t.Errorf("%d %v", n, err)
	}
}

func expect(t *testing.T, name, want string) {
	t.Helper()
	if got, err := os.ReadFile(name); string(got) != want {
		t.Errorf("%s has %q, %v; want %q", filepath.Base(name), got, err, want)
	}
}

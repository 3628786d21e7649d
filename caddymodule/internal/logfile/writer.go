// Package logfile is a log writer for services that a package has installed. It
// writes to standard error until the configuration runs, so that the cause of
// a failed start is seen, and a validation creates no file. Then it writes to a file,
// the earlier lines included, which logrotate may move away.
package logfile

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
)

func init() {
	caddy.RegisterModule(Writer{})
}

// Writer writes a log into a file once the configuration runs, and to standard error
// before. The file is made with mode 0640, and made again when it has been moved
// away. It is not rotated.
type Writer struct {
	// The name of the file. Folders that are missing are made.
	Filename string `json:"filename,omitempty"`
}

// CaddyModule returns the Caddy module information.
func (Writer) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "caddy.logging.writers.glance_registry",
		New: func() caddy.Module { return new(Writer) },
	}
}

// Provision replaces placeholders in the name.
func (w *Writer) Provision(caddy.Context) error {
	if w.Filename = caddy.NewReplacer().ReplaceAll(w.Filename, ""); w.Filename == "" {
		return errors.New("output glance_registry: the name of the file is missing")
	}
	return nil
}

func (w Writer) String() string { return w.Filename }

// WriterKey distinguishes writers of different files.
func (w Writer) WriterKey() string { return "glance_registry:" + w.Filename }

// OpenWriter opens nothing yet.
func (w Writer) OpenWriter() (io.WriteCloser, error) {
	f := &file{name: w.Filename}
	logs.Lock()
	defer logs.Unlock()
	logs.files[f] = true
	return f, nil
}

// UnmarshalCaddyfile sets up the module from Caddyfile tokens.
//
//	output glance_registry <file>
func (w *Writer) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next()
	if !d.AllArgs(&w.Filename) {
		return d.Err("wrong arguments; write: output glance_registry <file>")
	}
	if d.NextBlock(0) {
		return d.Err("output glance_registry takes no block; remove the braces")
	}
	return nil
}

// logs are the open logs, and how many configurations run: two during a reload.
var logs = struct {
	sync.Mutex
	running int
	files   map[*file]bool
}{files: map[*file]bool{}}

// Begin makes logs write to their files. It is called when a
// configuration starts, and fails if a file can't be written.
func Begin() error {
	logs.Lock()
	defer logs.Unlock()
	for f := range logs.files {
		if err := f.open(); err != nil {
			return fmt.Errorf("log: %w; give the gateway's user the right to write there, or name another file", err)
		}
	}
	logs.running++
	return nil
}

// End is the opposite of Begin.
func End() {
	logs.Lock()
	defer logs.Unlock()
	logs.running--
}

func isRunning() bool {
	logs.Lock()
	defer logs.Unlock()
	return logs.running > 0
}

// Interface guards
var (
	_ caddy.Provisioner     = (*Writer)(nil)
	_ caddy.WriterOpener    = (*Writer)(nil)
	_ caddyfile.Unmarshaler = (*Writer)(nil)
)

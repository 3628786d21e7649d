package glanceconf

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/glancegate/glancegate/compat"
	"github.com/glancegate/glancegate/glanceconf/internal/osloconf"
)

// Input is what the settings are made of.
type Input struct {
	// File is the absolute path of glance-registry.conf, and Content what it
	// has.
	File    string
	Content []byte

	// Start is the start command of the old service, which says where the files are
	// in the place of File and Content; may be nil. Folder is the absolute path of
	// the working folder, for relative names in it.
	Start  *CommandLine
	Folder string

	// Getenv looks up environment variables; nil: there are none.
	Getenv func(string) (string, bool)

	// Root has the files of the machine; nil: its own. Home is the home
	// folder, or empty.
	Root fs.FS
	Home string
}

// Read converts the files into settings. The error has a line for every reason to refuse
// them.
func Read(in Input) (*Settings, []Finding, error) {
	r := &reader{in: in, settings: &Settings{}, found: map[Finding]bool{}}
	if in.Root == nil {
		r.in.Root = os.DirFS("/")
	}
	if in.Getenv == nil {
		r.in.Getenv = func(string) (string, bool) { return "", false }
	}
	if err := r.readFiles(); err != nil {
		return nil, nil, err
	}
	r.readSettings()
	if len(r.refusals) > 0 {
		// A misspelt name is often why something is missing.
		return nil, r.findings, errors.New(strings.Join(append(r.refusals, r.mistakes...), "\n"))
	}
	return r.settings, r.findings, nil
}

// reader reads settings. It continues after a reason to refuse them, so that an operator
// sees all reasons.
type reader struct {
	in       Input
	release  compat.Release
	ussuri   bool // the release is Ussuri, for which release has Train
	conf     *osloconf.Config
	options  map[osloconf.Name]Option
	folders  []string // in which other files are looked for
	lastFile string   // the last configuration file that was named
	pipeline *pipeline
	login    string // the section with the options of the login

	settings *Settings
	findings []Finding
	found    map[Finding]bool // they are said once
	refusals []string
	mistakes []string // that may be the reason for refusals
}

func (r *reader) readSettings() {
	r.readRelease()
	r.readPipeline()
	r.readListen()
	r.readAdmin()
	r.readServed()
	r.readLog()
	r.readDatabase()
	r.readIdentity()
	r.readAdmins()
	r.readOthers()
}

func (r *reader) refuse(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !slices.Contains(r.refusals, text) {
		r.refusals = append(r.refusals, text)
	}
}

// since reports whether the old service was of a release or a later one.
func (r *reader) since(release compat.Release) bool {
	return r.release >= release
}

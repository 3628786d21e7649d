package glanceconf

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/glancegate/glancegate/glanceconf/osloconf"
)

// Environment variables that say what the files do not.
const (
	// EnvConfig names further files, and folders with files, separated by
	// colons. Later ones win over earlier ones, and all of them over the file.
	EnvConfig = "GLANCE_REGISTRY_CONFIG"

	// EnvTrustedFrom names the peers that may send identity headers, with
	// flavor trusted-auth: networks, separated by commas.
	EnvTrustedFrom = "GLANCE_REGISTRY_TRUSTED_FROM"

	// EnvUnauthenticated allows a flavor without authentication, if it is
	// everyone-is-admin.
	EnvUnauthenticated = "GLANCE_REGISTRY_WITHOUT_FLAVOR"

	// EnvRelease is the release of the old service.
	EnvRelease = "GLANCE_REGISTRY_RELEASE"
)

const everyoneIsAdmin = "everyone-is-admin"

var releases = []string{"mitaka", "newton", "ocata", "pike", "queens", "rocky", "stein", "train"}

// Input is what the settings are made of.
type Input struct {
	// File is the absolute path of glance-registry.conf, and Content what it
	// has.
	File    string
	Content []byte

	// Getenv looks up environment variables; nil: there are none.
	Getenv func(string) (string, bool)

	// Root has the files of the machine; nil: its own. Home is the home
	// folder, or empty.
	Root fs.FS
	Home string
}

// Read makes settings. The error has a line for every reason to make none.
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

// reader reads settings, and goes on behind a reason to refuse them so that an
// operator sees all of them.
type reader struct {
	in       Input
	release  string
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

func (r *reader) refuse(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !slices.Contains(r.refusals, text) {
		r.refusals = append(r.refusals, text)
	}
}

func (r *reader) env(name string) string {
	value, _ := r.in.Getenv(name)
	return strings.TrimSpace(value)
}

// since reports whether the old service was of a release or a later one.
func (r *reader) since(release string) bool {
	if r.release == "" {
		return true
	}
	return slices.Index(releases, r.release) >= slices.Index(releases, release)
}

// readFiles reads all configuration files.
func (r *reader) readFiles() error {
	if !path.IsAbs(r.in.File) {
		return errors.New("the name of the configuration file is needed, as an absolute path: other files are looked for beside it")
	}
	r.release = strings.ToLower(r.env(EnvRelease))
	if r.release != "" && !slices.Contains(releases, r.release) {
		return fmt.Errorf("%s: %q is none of %s", EnvRelease, r.release, strings.Join(releases, ", "))
	}
	r.settings.Release = r.release
	var known []osloconf.Option
	r.options = map[osloconf.Name]Option{}
	for _, o := range Options() {
		known = append(known, o.Option)
		r.options[o.Name] = o
	}
	r.conf = osloconf.New(known)
	if !r.since("newton") {
		r.conf.Unset = "None"
	}
	further, err := r.furtherFiles()
	if err != nil {
		return err
	}
	if err := r.readDefaultFolders(further); err != nil {
		return err
	}
	r.lastFile = r.in.File
	r.folders = []string{path.Dir(r.in.File)}
	if err := r.addFile(r.in.File, r.in.Content); err != nil {
		return err
	}
	for _, f := range further {
		if err := f.read(r); err != nil {
			return err
		}
	}
	for _, folder := range []string{path.Join(r.in.Home, ".glance"), r.in.Home, "/etc/glance", "/etc"} {
		if r.in.Home != "" || strings.HasPrefix(folder, "/etc") {
			r.folders = append(r.folders, folder)
		}
	}
	r.readEnvironment()
	return nil
}

func (r *reader) addFile(name string, content []byte) error {
	entries, err := osloconf.Parse(name, content)
	if err != nil {
		return err
	}
	r.settings.Files = append(r.settings.Files, name)
	r.conf.Add(entries)
	return nil
}

// further is a file or folder that the environment names.
type further struct {
	name   string
	folder bool
}

func (f further) read(r *reader) error {
	r.folders = slices.Insert(r.folders, 0, path.Dir(f.name))
	if f.folder {
		r.folders[0] = f.name
		return r.readFolder(f.name)
	}
	r.lastFile = f.name
	content, err := r.readFile(f.name)
	if err != nil {
		return fmt.Errorf("%s: %w", EnvConfig, err)
	}
	return r.addFile(f.name, content)
}

func (r *reader) furtherFiles() (all []further, err error) {
	for name := range strings.SplitSeq(r.env(EnvConfig), ":") {
		if name == "" {
			continue
		}
		if !path.IsAbs(name) {
			return nil, fmt.Errorf("%s: %q is no absolute path", EnvConfig, name)
		}
		info, err := fs.Stat(r.in.Root, inRoot(name))
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", EnvConfig, name, reason(err))
		}
		all = append(all, further{path.Clean(name), info.IsDir()})
	}
	return all, nil
}

// readDefaultFolders reads the folders beside the file that the service looked
// for from Ocata on, unless it was told of another one. The file wins, as it did
// when it was named in the start command.
func (r *reader) readDefaultFolders(further []further) error {
	if !r.since("ocata") || slices.ContainsFunc(further, isFolder) {
		return nil
	}
	for _, name := range []string{"glance.conf.d", "glance-registry.conf.d"} {
		folder := path.Join(path.Dir(r.in.File), name)
		if info, err := fs.Stat(r.in.Root, inRoot(folder)); err == nil && info.IsDir() {
			if err := r.readFolder(folder); err != nil {
				return err
			}
		}
	}
	return nil
}

func isFolder(f further) bool { return f.folder }

// readFolder reads the files of a folder in the order of their names.
func (r *reader) readFolder(folder string) error {
	entries, err := fs.ReadDir(r.in.Root, inRoot(folder))
	if err != nil {
		return fmt.Errorf("%s: %w", folder, reason(err))
	}
	for _, entry := range entries {
		if entry.IsDir() || !strings.HasSuffix(entry.Name(), ".conf") {
			continue
		}
		name := path.Join(folder, entry.Name())
		content, err := r.readFile(name)
		if err != nil {
			return err
		}
		if err := r.addFile(name, content); err != nil {
			return err
		}
	}
	return nil
}

// environment is the name of the file of what the environment says.
const environment = "environment"

// readEnvironment reads OS_GROUP__OPTION, which came with Stein and wins over
// all files.
func (r *reader) readEnvironment() {
	if !r.since("stein") {
		return
	}
	var entries []osloconf.Entry
	for _, o := range Options() {
		variable := variableOf(o.Name)
		if value, ok := r.in.Getenv(variable); ok {
			entries = append(entries, osloconf.Entry{File: environment + " " + variable, Section: o.Section, Key: o.Key, Value: value})
		}
	}
	if entries != nil {
		r.settings.Files = append(r.settings.Files, environment)
		r.conf.AddLiteral(entries)
	}
}

func variableOf(name osloconf.Name) string {
	return strings.ToUpper("OS_" + name.Section + "__" + name.Key)
}

func (r *reader) readFile(name string) ([]byte, error) {
	content, err := fs.ReadFile(r.in.Root, inRoot(name))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, reason(err))
	}
	return content, nil
}

// find returns the place of a file in the folders that the service looked in.
func (r *reader) find(name string) (string, bool) {
	if path.IsAbs(name) {
		return name, r.exists(name)
	}
	for _, folder := range r.folders {
		if candidate := path.Join(folder, name); r.exists(candidate) {
			return candidate, true
		}
	}
	return "", false
}

func (r *reader) exists(name string) bool {
	_, err := fs.Stat(r.in.Root, inRoot(name))
	return err == nil
}

// inRoot is an absolute path as package fs wants it.
func inRoot(name string) string {
	if name = strings.TrimPrefix(path.Clean(name), "/"); name == "" {
		return "."
	}
	return name
}

// reason is an error without the path, which is relative to the root.
func reason(err error) error {
	var of *fs.PathError
	if errors.As(err, &of) {
		return of.Err
	}
	return err
}

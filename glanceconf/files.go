package glanceconf

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/glancegate/glancegate/compat"
	"github.com/glancegate/glancegate/glanceconf/internal/osloconf"
)

// readFiles reads all configuration files.
func (r *reader) readFiles() error {
	if r.in.Start == nil && !path.IsAbs(r.in.File) {
		return errors.New("the name of the configuration file is needed, as an absolute path: other files are looked for beside it")
	}
	r.settings.Release = strings.ToLower(r.env(EnvRelease))
	if r.ussuri = r.settings.Release == ussuri; r.ussuri {
		r.settings.Release = compat.Train.String()
	}
	release, found := compat.Parse(r.settings.Release)
	if !found {
		return fmt.Errorf("%s: %q is none of %s, %s", EnvRelease, r.settings.Release, strings.Join(compat.Names, ", "), ussuri)
	}
	r.release = release
	var known []osloconf.Option
	r.options = map[osloconf.Name]Option{}
	for _, o := range options() {
		known = append(known, o.Option)
		r.options[o.Name] = o
	}
	r.conf = osloconf.New(known)
	if !r.since(compat.Newton) {
		r.conf.Unset = "None"
	}
	further, err := r.furtherFiles()
	if err != nil {
		return err
	}
	if r.in.Start != nil {
		err = r.readStart()
	} else {
		err = r.readNamed(further)
	}
	if err != nil {
		return err
	}
	for _, f := range further {
		if err := f.read(r); err != nil {
			return err
		}
	}
	r.folders = append(r.folders, r.searchFolders()...)
	r.readEnvironment()
	if r.in.Start != nil && r.in.Start.options != nil {
		r.settings.Files = append(r.settings.Files, onCommandLine)
		r.conf.AddLiteral(r.in.Start.options)
	}
	return nil
}

// readNamed reads the file that was named, and the folders beside it.
func (r *reader) readNamed(further []further) error {
	if err := r.readDefaultFolders(further); err != nil {
		return err
	}
	r.lastFile = r.in.File
	r.folders = []string{path.Dir(r.in.File)}
	return r.addFile(r.in.File, r.in.Content)
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
	for name := range strings.FieldsFuncSeq(r.env(EnvConfig), func(c rune) bool { return c == ':' || c == ',' }) {
		if name = strings.TrimSpace(name); name == "" {
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
// for from Ocata on, unless another one was named. The file wins, as it did
// when it was named in the start command.
func (r *reader) readDefaultFolders(further []further) error {
	if !r.since(compat.Ocata) || slices.ContainsFunc(further, isFolder) {
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

// packagedFolder has the files that packages of Red Hat bring along.
const packagedFolder = "/usr/share/glance/"

package glanceconf

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/glancegate/glancegate/compat"
)

// baseNames are the names under which the service looked for files, the first to be
// read first.
var baseNames = []string{"glance", "glance-registry"}

// searchFolders are the folders in which the service looked for files.
func (r *reader) searchFolders() []string {
	folders := []string{"/etc/glance", "/etc"}
	if r.in.Home != "" {
		folders = append([]string{path.Join(r.in.Home, ".glance"), r.in.Home}, folders...)
	}
	return folders
}

// readStart reads what the start command names, and what it leaves to the search.
func (r *reader) readStart() error {
	sources, err := r.sourcesOf(r.in.Start)
	if err != nil {
		return err
	}
	for _, s := range sources {
		if !s.folder {
			r.in.File = s.name
		}
	}
	if r.in.File == "" {
		return fmt.Errorf("there is no glance-registry.conf in %s; name it with --config-file", strings.Join(r.searchFolders(), ", "))
	}
	for _, s := range sources {
		if s.folder {
			if err := r.readFolder(s.name); err != nil {
				return err
			}
			continue
		}
		content, err := r.readFile(s.name)
		if err != nil {
			return err
		}
		if s.name == r.in.File {
			r.in.Content = content
		}
		if err := r.addFile(s.name, content); err != nil {
			return err
		}
	}
	r.lastFile = r.in.File
	r.folders = foldersOf(sources)
	return nil
}

// sourcesOf are the files and folders to read, in their order. Later ones win.
func (r *reader) sourcesOf(line *CommandLine) ([]source, error) {
	var named []source
	var hasFile, hasFolder bool
	for _, s := range line.sources {
		name, err := r.absolute(s.name)
		if err != nil {
			return nil, err
		}
		info, err := fs.Stat(r.in.Root, inRoot(name))
		switch {
		case err != nil:
			return nil, fmt.Errorf("%s: %w", name, reason(err))
		case s.folder && !info.IsDir():
			return nil, fmt.Errorf("--config-dir %s is no folder", name)
		}
		named = append(named, source{name, s.folder})
		hasFile, hasFolder = hasFile || !s.folder, hasFolder || s.folder
	}
	var files, folders []source
	if !hasFile {
		files = r.defaultFiles()
	}
	if !hasFolder && r.since(compat.Ocata) {
		folders = r.defaultFolders()
	}
	return slices.Concat(files, folders, named), nil
}

// absolute is a name as the working folder makes it.
func (r *reader) absolute(name string) (string, error) {
	switch rest, ofHome := strings.CutPrefix(name, "~/"); {
	case name == "":
		return "", errors.New("the name of a configuration file is empty")
	case ofHome:
		return path.Join(r.in.Home, rest), nil
	case path.IsAbs(name):
		return path.Clean(name), nil
	}
	return path.Join("/", r.in.Folder, name), nil
}

// defaultFiles are those that the packages of Red Hat bring along, and then the first
// one of each name that the search finds.
func (r *reader) defaultFiles() []source {
	var found []source
	for _, base := range baseNames {
		if name := packagedFolder + base + "-dist.conf"; r.exists(name) {
			found = append(found, source{name: name})
		}
	}
	for _, base := range baseNames {
		if name, ok := r.search(base + ".conf"); ok {
			found = append(found, source{name: name})
		}
	}
	return found
}

func (r *reader) defaultFolders() []source {
	var found []source
	for _, base := range baseNames {
		if name, ok := r.search(base + ".conf.d"); ok {
			found = append(found, source{name, true})
		}
	}
	return found
}

func (r *reader) search(base string) (name string, found bool) {
	for _, folder := range r.searchFolders() {
		if name := path.Join(folder, base); r.exists(name) {
			return name, true
		}
	}
	return "", false
}

// foldersOf are the folders in which other files are looked for: those that were
// named, and those of files that were, the last ones first.
func foldersOf(sources []source) []string {
	var folders []string
	for _, s := range slices.Backward(sources) {
		if s.folder {
			folders = append(folders, s.name)
		}
	}
	for _, s := range slices.Backward(sources) {
		if !s.folder {
			folders = append(folders, path.Dir(s.name))
		}
	}
	return folders
}

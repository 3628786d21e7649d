package glanceconf

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

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

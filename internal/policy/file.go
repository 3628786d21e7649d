package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"
)

// File is the rules of a policy file and of those that override it.
type File struct {
	rules map[string]definition
}

// definition is a rule before it is understood.
type definition struct {
	file  string
	value any
}

// Read reads a file and those in folders, in the order of their names, which
// override single rules. Names that begin with a dot do not count.
func Read(file string, folders ...string) (*File, error) {
	return ReadFS(os.DirFS("/"), file, folders...)
}

// ReadFS is Read for the files under a root.
func ReadFS(root fs.FS, file string, folders ...string) (*File, error) {
	f := &File{rules: map[string]definition{}}
	if err := f.readFile(root, file); err != nil {
		return nil, err
	}
	for _, folder := range folders {
		entries, err := fs.ReadDir(root, inRoot(folder))
		if err != nil {
			return nil, fmt.Errorf("policy folder %s: %w", folder, reason(err))
		}
		for _, entry := range entries {
			if entry.IsDir() || strings.HasPrefix(entry.Name(), ".") {
				continue
			}
			if err := f.readFile(root, path.Join(folder, entry.Name())); err != nil {
				return nil, err
			}
		}
	}
	return f, nil
}

// inRoot is a path as package fs wants it. Relative ones start in the working
// folder.
func inRoot(name string) string {
	if absolute, err := filepath.Abs(name); err == nil {
		name = absolute
	}
	return strings.TrimPrefix(filepath.ToSlash(name), "/")
}

// reason is an error without the path, which is relative to the root.
func reason(err error) error {
	var of *fs.PathError
	if errors.As(err, &of) {
		return of.Err
	}
	return err
}

// Parse reads the content of a file, whose name is for errors.
func Parse(name string, content []byte) (*File, error) {
	f := &File{rules: map[string]definition{}}
	return f, f.add(name, content)
}

// Has reports whether the files have a rule.
func (f *File) Has(rule string) bool {
	_, has := f.rules[rule]
	return has
}

func (f *File) readFile(root fs.FS, name string) error {
	content, err := fs.ReadFile(root, inRoot(name))
	if err != nil {
		return fmt.Errorf("policy file %s: %w", name, reason(err))
	}
	return f.add(name, content)
}

// add takes JSON as JSON and everything else as YAML, which JSON with tabs is
// not. A file that has nothing but comments has no rules.
func (f *File) add(name string, content []byte) error {
	rules := map[string]any{}
	if json.Valid(content) {
		if err := json.Unmarshal(content, &rules); err != nil {
			return fmt.Errorf("policy file %s: its rules must stand in braces", name)
		}
	} else if err := decodeYAML(content, &rules); err != nil {
		return fmt.Errorf("policy file %s: %w", name, err)
	}
	for rule, value := range rules {
		f.rules[rule] = definition{name, value}
	}
	return nil
}

func decodeYAML(content []byte, rules *map[string]any) error {
	if len(bytes.TrimSpace(content)) == 0 {
		return nil
	}
	if bytes.ContainsRune(content, 0) {
		return errors.New("it is not text")
	}
	err := yaml.Unmarshal(content, rules)
	var wrongType *yaml.TypeError
	if errors.As(err, &wrongType) {
		return errors.New(wrongType.Errors[0])
	}
	return err
}

func (d definition) text() string {
	if text, ok := d.value.(string); ok {
		return text
	}
	text, err := json.Marshal(d.value)
	if err != nil {
		return ""
	}
	return string(text)
}

// ruleError is an error that names the file and the rule already.
type ruleError struct{ error }

func (d definition) errorf(rule, format string, args ...any) error {
	return ruleError{fmt.Errorf("policy file %s, rule %q: "+format, append([]any{d.file, rule}, args...)...)}
}

// wrap names the rule, unless that of a rule that it refers to is named.
func (d definition) wrap(rule string, err error) error {
	if errors.As(err, new(ruleError)) {
		return err
	}
	return d.errorf(rule, "%w", err)
}

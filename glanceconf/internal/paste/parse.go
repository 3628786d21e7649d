// Package paste reads the PasteDeploy files of OpenStack services, as far as a
// pipeline of filters in front of an application needs it. They are in another
// dialect than the configuration files beside them (registry-config.md, 8.4). What
// Python 2 and 3 read differently is an error where it makes a difference.
package paste

import (
	"fmt"
	"path"
	"strings"
)

// File is a PasteDeploy file.
type File struct {
	Name     string
	sections map[string]section
	// order has the names of the sections.
	order []string
}

type section map[string]entry

// entry is an assignment. Its lines have no comments of their own.
type entry struct {
	line int
	text string
}

const defaults = "DEFAULT"

// Error is a file that can't be used, at a line or, with 0, as a whole.
type Error struct {
	File string
	Line int
	Text string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Text
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Text)
}

func (f *File) errorf(line int, format string, args ...any) error {
	return &Error{f.Name, line, fmt.Sprintf(format, args...)}
}

// Parse reads the content of a file. Errors are of type *Error.
func Parse(name string, content []byte) (*File, error) {
	f := &File{Name: name, sections: map[string]section{}}
	p := parser{File: f}
	for line := range strings.SplitSeq(string(content), "\n") {
		p.line++
		if err := p.take(strings.TrimRight(line, blanks)); err != nil {
			return nil, err
		}
	}
	return f, nil
}

const blanks = " \t\r\n\v\f"

type parser struct {
	*File
	line    int
	current section
	key     string // of the value that can go on
}

func (p *parser) take(line string) error {
	text := strings.TrimLeft(line, blanks)
	switch {
	case text == "" || text[0] == '#' || text[0] == ';':
		// Values go on behind empty lines and comments.
		return nil
	case len(text) < len(line) && p.key != "":
		entry := p.current[p.key]
		entry.text += "\n" + text
		p.current[p.key] = entry
		return nil
	case text[0] == '[':
		return p.takeSection(text)
	}
	return p.takeAssignment(text)
}

func (p *parser) takeSection(text string) error {
	name, _, found := strings.Cut(text[1:], "]")
	if !found || name == "" {
		return p.errorf(p.line, "a section must have a name and end with ]")
	}
	if p.sections[name] == nil {
		p.sections[name] = section{}
		p.order = append(p.order, name)
	}
	p.current, p.key = p.sections[name], ""
	return nil
}

func (p *parser) takeAssignment(text string) error {
	at := strings.IndexAny(text, "=:")
	if at < 1 {
		return p.errorf(p.line, "there is no name, or neither = nor :, in an assignment")
	}
	if p.current == nil {
		return p.errorf(p.line, "an option must stand in a section")
	}
	p.key = strings.Trim(text[:at], blanks)
	p.current[p.key] = entry{p.line, strings.Trim(text[at+1:], blanks)}
	return nil
}

// Value is the value of an option, and where it stands.
type Value struct {
	Text         string
	Section, Key string
	Line         int
}

// Value returns an option of a section, or the file's default for it.
func (f *File) Value(section, key string) (v Value, found bool, err error) {
	for _, name := range []string{section, defaults} {
		if e, ok := f.sections[name][key]; ok {
			steps := maxSteps
			text, err := f.expand(name, e, &steps)
			return Value{text, name, key, e.line}, true, err
		}
	}
	return Value{}, false, nil
}

const ambiguous = "Python 2 and Python 3 read it differently; which one did the old service run on? Write it without"

// maxSteps bounds the references in a value and in those that it refers to.
const maxSteps = 100

// expand follows references such as %(here)s.
func (f *File) expand(section string, e entry, steps *int) (string, error) {
	text := e.text
	if i := strings.IndexByte(text, ';'); i == 0 || i > 0 && strings.IndexByte(blanks, text[i-1]) >= 0 && !strings.Contains(text[:i], "\n") {
		return "", f.errorf(e.line, "a value with a blank and a semicolon: "+ambiguous)
	}
	if strings.Contains(text, "%%") {
		return "", f.errorf(e.line, "a value with %%%%: "+ambiguous)
	}
	if *steps--; *steps < 0 {
		return "", f.errorf(e.line, "a value refers to itself, or to too many others")
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, "%(")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		name, rest, ok := strings.Cut(after, ")s")
		if !ok {
			return "", f.errorf(e.line, "behind %%( must follow a name and )s")
		}
		value, err := f.referred(section, name, e.line, steps)
		if err != nil {
			return "", err
		}
		b.WriteString(value)
		text = rest
		if b.Len() > 1<<16 {
			return "", f.errorf(e.line, "a value is too long")
		}
	}
}

func (f *File) referred(section, name string, line int, steps *int) (string, error) {
	for _, section := range []string{section, defaults} {
		if e, ok := f.sections[section][name]; ok {
			return f.expand(section, e, steps)
		}
	}
	switch name {
	case "here":
		return path.Dir(f.Name), nil
	case "__file__":
		return f.Name, nil
	}
	return "", f.errorf(line, "%%(%s)s refers to nothing", name)
}

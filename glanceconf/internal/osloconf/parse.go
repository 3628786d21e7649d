// Package osloconf reads configuration files as oslo.config did. Unlike in other INI
// files, there are no comments after a value, an indented line continues the one above,
// and values refer to each other (registry-config.md, 2 and 3).
package osloconf

import (
	"fmt"
	"strings"
)

// Default is the section of options without a group. Its name is the only one
// whose case matters.
const Default = "DEFAULT"

// Entry is an assignment as it stands in a file.
type Entry struct {
	File string
	Line int // 1 is the first; 0: the environment

	// Section is the name between the brackets.
	Section, Key string

	// Value has no outer quotes, and its references are not followed.
	Value string
}

// Place is where the entry is, for messages.
func (e *Entry) Place() string {
	if e.Line == 0 {
		return e.File
	}
	return fmt.Sprintf("%s:%d", e.File, e.Line)
}

// Canonical is a name of a section by which it is compared.
func Canonical(section string) string {
	if section == Default {
		return Default
	}
	return strings.ToLower(section)
}

// Error is a file that can't be read.
type Error struct {
	File string
	Line int
	Text string
}

func (e *Error) Error() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Text) }

// Parse reads the content of a file, whose name is for errors. Errors are of
// type *Error.
func Parse(file string, content []byte) ([]Entry, error) {
	p := parser{file: file}
	if strings.HasPrefix(string(content), "\ufeff") {
		return nil, &Error{file, 1, "the file begins with a byte order mark, which the old service did not take either; save it as UTF-8 without one"}
	}
	for line := range strings.SplitSeq(string(content), "\n") {
		p.line++
		if text := p.take(strings.TrimRight(line, blanks)); text != "" {
			return nil, &Error{file, p.line, text}
		}
	}
	return p.entries, nil
}

const blanks = " \t\r\n\v\f"

type parser struct {
	file    string
	line    int
	section string
	begun   bool // there was a section
	open    bool // the last entry can go on
	entries []Entry
}

// take reads a line, and returns what is wrong with it.
func (p *parser) take(line string) string {
	if line == "" {
		p.open = false
		return ""
	}
	switch line[0] {
	case '#', ';':
		p.open = false
		return ""
	case '[':
		return p.takeSection(line)
	case ' ', '\t':
		if !p.open {
			return "an indented line continues the value above it, and there is none; " +
				"a comment or an empty line ends a value. Remove the blanks in front of it"
		}
		last := &p.entries[len(p.entries)-1]
		last.Value += "\n" + strings.Trim(line, blanks)
		return ""
	}
	return p.takeAssignment(line)
}

func (p *parser) takeSection(line string) string {
	p.open = false
	if line[len(line)-1] != ']' {
		return "a section must end with ], and nothing may stand behind it"
	}
	if p.section = line[1 : len(line)-1]; p.section == "" {
		return "a section needs a name"
	}
	p.begun = true
	return ""
}

func (p *parser) takeAssignment(line string) string {
	at := strings.IndexAny(line, "=:")
	if at < 0 {
		return "there is neither = nor : in an assignment"
	}
	key, value := strings.Trim(line[:at], blanks), strings.Trim(line[at+1:], blanks)
	if key == "" {
		return "there is no name in front of " + line[at:at+1]
	}
	if strings.HasPrefix(key, "\ufeff") {
		return "the file begins with a byte order mark; save it without"
	}
	if !p.begun {
		return "an option must stand in a section; write [DEFAULT] above it"
	}
	p.entries = append(p.entries, Entry{File: p.file, Line: p.line, Section: p.section, Key: key, Value: unquoted(value)})
	p.open = true
	return ""
}

// unquoted takes off quotes around a whole value. One that is a single quote
// becomes empty.
func unquoted(value string) string {
	if value == "" || value[0] != '"' && value[0] != '\'' || value[len(value)-1] != value[0] {
		return value
	}
	if len(value) == 1 {
		return ""
	}
	return value[1 : len(value)-1]
}

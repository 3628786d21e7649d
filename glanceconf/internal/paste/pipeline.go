package paste

import (
	"slices"
	"strings"
)

// Pipeline is an application and the filters in front of it, the outermost first.
type Pipeline struct {
	Name    string
	Filters []Element
	App     Element
}

// Element is a filter or an application.
type Element struct {
	// Name is what the pipeline calls it, and Factory the Python object that
	// makes it, or the entry point that leads to it (egg:...).
	Name, Factory string

	file     *File
	sections []string // that define it, the strongest first
	set      map[string]Value
}

// Get returns an option of an element: its own, or one that the file sets for
// all of them.
func (e *Element) Get(key string) (v Value, found bool, err error) {
	for _, section := range e.sections {
		if _, ok := e.file.sections[section][key]; ok {
			return e.file.Value(section, key)
		}
	}
	if v, ok := e.set[key]; ok {
		return v, true, nil
	}
	return e.file.Value(defaults, key)
}

// Keys are the options that Get finds, sorted.
func (e *Element) Keys() []string {
	var keys []string
	for _, section := range append([]string{defaults}, e.sections...) {
		for key := range e.file.sections[section] {
			keys = append(keys, key)
		}
	}
	for key := range e.set {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// applications are the prefixes that sections with applications have, besides
// pipeline.
var applications = []string{"app:", "application:", "composite:", "composit:", "filter-app:"}

// Pipeline returns the pipeline with a name. Errors are of type *Error.
func (f *File) Pipeline(name string) (*Pipeline, error) {
	section, found := f.sections["pipeline:"+name]
	if !found {
		for _, prefix := range applications {
			if f.sections[prefix+name] != nil {
				return nil, f.errorf(0, "[%s%s] is no pipeline; write the filters and the application into [pipeline:%s]", prefix, name, name)
			}
		}
		return nil, f.errorf(0, "there is no [pipeline:%s]; it has %s", name, f.names())
	}
	words, ok := section["pipeline"]
	if !ok || len(section) > 1 {
		return nil, f.errorf(0, "[pipeline:%s] must have the option pipeline, and no other", name)
	}
	text, err := f.words(words)
	if err != nil {
		return nil, err
	}
	if len(text) == 0 {
		return nil, f.errorf(words.line, "the pipeline is empty")
	}
	p := &Pipeline{Name: name}
	set := map[string]Value{}
	for _, word := range text[:len(text)-1] {
		filter, err := f.element(word, []string{"filter:"}, "paste.filter_factory", set)
		if err != nil {
			return nil, err
		}
		p.Filters = append(p.Filters, filter)
	}
	p.App, err = f.element(text[len(text)-1], applications[:2], "paste.app_factory", set)
	return p, err
}

// words splits a pipeline. A comment of Python 2 behind its first line makes no
// difference: Python 3 did not start with it.
func (f *File) words(e entry) ([]string, error) {
	first, rest, _ := strings.Cut(e.text, "\n")
	if i := strings.IndexByte(first, ';'); i > 0 && strings.IndexByte(blanks, first[i-1]) >= 0 {
		first = first[:i]
	}
	e.text = first + "\n" + rest
	for _, word := range strings.Fields(e.text) {
		if word[0] == '#' || word[0] == ';' {
			return nil, f.errorf(e.line, "there are no comments behind a value; remove %q and what follows", word)
		}
	}
	steps := maxSteps
	text, err := f.expand("", e, &steps)
	return strings.Fields(text), err
}

// names lists the pipelines, for errors.
func (f *File) names() string {
	var names []string
	for _, name := range f.order {
		if strings.HasPrefix(name, "pipeline:") {
			names = append(names, "["+name+"]")
		}
	}
	if names == nil {
		return "no pipeline at all"
	}
	return strings.Join(names, ", ")
}

// eggPrefix begins the name of an entry point of a Python package, such as
// egg:oslo.middleware#healthcheck.
const eggPrefix = "egg:"

// element finds a filter or an application, and follows its option use. Its factory
// is an object, or an entry point as the file has it.
func (f *File) element(name string, prefixes []string, factory string, set map[string]Value) (Element, error) {
	e := Element{Name: name, file: f, set: set}
	for next := name; next != ""; {
		section := ""
		for _, prefix := range prefixes {
			if f.sections[prefix+next] != nil {
				section = prefix + next
				break
			}
		}
		switch {
		case section == "" && strings.HasPrefix(next, eggPrefix):
			e.Factory = next
			return e, nil
		case section == "" && strings.Contains(next, ":"):
			return e, f.errorf(0, "%s is outside of this file, which is not supported; write a section [%s...] for it", next, prefixes[0])
		case section == "":
			return e, f.errorf(0, "there is no [%s%s]", prefixes[0], next)
		case slices.Contains(e.sections, section):
			return e, f.errorf(0, "[%s] uses itself", section)
		}
		e.sections = append(e.sections, section)
		if err := f.takeSet(section, set); err != nil {
			return e, err
		}
		use, _, err := f.Value(section, "use")
		if err != nil {
			return e, err
		}
		next = use.Text
	}
	if _, found := f.sections[e.sections[0]]["filter-with"]; found {
		return e, f.errorf(0, "[%s] has the option filter-with, which is not supported; write the filter into the pipeline", e.sections[0])
	}
	value, found, err := e.Get(factory)
	if err != nil {
		return e, err
	}
	if !found {
		return e, f.errorf(0, "[%s] lacks the option %s, or has another kind of factory, which is not supported", e.sections[0], factory)
	}
	e.Factory = value.Text
	return e, nil
}

// takeSet keeps what a section sets for all elements.
func (f *File) takeSet(section string, set map[string]Value) error {
	for key := range f.sections[section] {
		name, ok := strings.CutPrefix(key, "set ")
		if !ok {
			continue
		}
		value, _, err := f.Value(section, key)
		if err != nil {
			return err
		}
		set[strings.Trim(name, blanks)] = value
	}
	return nil
}

package osloconf

import (
	"slices"
	"strings"
)

// Name is the name of an option in a section.
type Name struct{ Section, Key string }

func (n Name) String() string { return "[" + n.Section + "] " + n.Key }

// Type is what a value has to be.
type Type int

// The types of options.
const (
	Text Type = iota
	Bool
	Int
	Port
	List
	Multi // a text for each time that the option is given
)

// Option is an option that a program knows.
type Option struct {
	Name
	Type Type

	// Default is its value, as it would stand in a file. Empty: it has none.
	Default string

	// Old are earlier names, the ones to be preferred first.
	Old []Name
}

// Config is the content of several files.
type Config struct {
	// Unset is what a reference to an option without a value becomes.
	Unset string

	options map[Name]*Option
	files   []fileEntries // later ones win
}

type fileEntries struct {
	entries []Entry
	literal bool // its values have no references
}

// New returns a Config of options without any file.
func New(options []Option) *Config {
	c := &Config{options: make(map[Name]*Option, len(options))}
	for i := range options {
		c.options[options[i].Name] = &options[i]
	}
	return c
}

// Add adds the entries of a file, which win over those of earlier ones.
func (c *Config) Add(entries []Entry) { c.files = append(c.files, fileEntries{entries: entries}) }

// AddLiteral is Add for values that are no references, whatever they look like.
func (c *Config) AddLiteral(entries []Entry) {
	c.files = append(c.files, fileEntries{entries: entries, literal: true})
}

// Entries are all entries in the order of their files.
func (c *Config) Entries() []Entry {
	var all []Entry
	for _, f := range c.files {
		all = append(all, f.entries...)
	}
	return all
}

// Option returns the option that a name means, whether new or old.
func (c *Config) Option(name Name) (*Option, bool) {
	name.Section = Canonical(name.Section)
	if o, ok := c.options[name]; ok {
		return o, true
	}
	for _, o := range c.options {
		if slices.Contains(o.Old, name) {
			return o, true
		}
	}
	return nil, false
}

// Known reports whether there is an option with a name, in its present form.
func (c *Config) Known(name Name) bool { return c.options[name] != nil }

// found is an entry that gives an option its value.
type found struct {
	*Entry
	literal bool
}

// find returns the entry that counts: that of the last file which has the
// option; in it that with the newest name; of these the last.
func (c *Config) find(o *Option) (found, bool) {
	for _, f := range slices.Backward(c.files) {
		for _, name := range append([]Name{o.Name}, o.Old...) {
			for i := range slices.Backward(f.entries) {
				if e := &f.entries[i]; e.named(name) {
					return found{e, f.literal}, true
				}
			}
		}
	}
	return found{}, false
}

// findAll returns all entries of an option that collects them.
func (c *Config) findAll(o *Option) []found {
	var all []found
	for _, f := range c.files {
		for _, name := range append([]Name{o.Name}, o.Old...) {
			before := len(all)
			for i := range f.entries {
				if e := &f.entries[i]; e.named(name) {
					all = append(all, found{e, f.literal})
				}
			}
			if len(all) > before {
				break
			}
		}
	}
	return all
}

func (e *Entry) named(name Name) bool {
	return e.Key == name.Key && Canonical(e.Section) == name.Section
}

// Similar returns a known option that an unknown name may be a misspelling of.
func (c *Config) Similar(unknown Name) (Name, bool) {
	section := Canonical(unknown.Section)
	var best Name
	for name := range c.options {
		if name.Section != section || distance(strings.ToLower(unknown.Key), name.Key) > limit(name.Key) {
			continue
		}
		if best.Key == "" || name.Key < best.Key {
			best = name
		}
	}
	return best, best.Key != ""
}

// limit keeps short names from being like all others.
func limit(key string) int {
	if len(key) < 6 {
		return 1
	}
	return 2
}

// distance is Levenshtein's.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(diagonal+cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// Register adds options that are found out about later.
func (c *Config) Register(options []Option) {
	for i := range options {
		c.options[options[i].Name] = &options[i]
	}
}

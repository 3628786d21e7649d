package main

import (
	"os"
	"strings"
	"testing"
)

// The page has a row for everything that the matrix runs, on the versions that
// versions.txt pins.
func TestPageIsComplete(t *testing.T) {
	page, err := os.ReadFile("../../docs/supported.md")
	if err != nil {
		t.Fatal(err)
	}
	pinned, err := pins("versions.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := readTable(string(page))
	for _, s := range matrix {
		version, ok := pinned[s.root+" "+s.pkg]
		if !ok {
			t.Errorf("versions.txt has no %s for %s", s.pkg, s.name)
			continue
		}
		for _, subject := range s.matters {
			l, ok := lines[key{s.name, subject.name}]
			switch want := s.name + " " + version; {
			case !ok:
				t.Errorf("no row: %s/%s", s.name, subject.name)
			case l.server != want:
				t.Errorf("%s/%s ran on %s; versions.txt pins %s", s.name, subject.name, l.server, want)
			}
		}
	}
}

// pins are the versions of a versions.txt, as their authors call them, by root and
// package.
func pins(file string) (map[string]string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	versions := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) == 4 && !strings.HasPrefix(line, "#") {
			versions[fields[0]+" "+fields[1]] = upstream(fields[2])
		}
	}
	return versions, nil
}

package glanceconf

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

const document = "../docs/glance-registry-options.md"

// The page about the options has what the table has.
func TestDocument(t *testing.T) {
	content, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	intro, _, _ := strings.Cut(string(content), "\n## ")
	want := strings.TrimRight(intro, "\n") + "\n" + optionTables()
	if *update {
		if err := os.WriteFile(document, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want != string(content) {
		t.Errorf("%s differs from the table of options; write it with: go test ./glanceconf -update", document)
	}
}

func optionTables() string {
	var b strings.Builder
	section := ""
	for _, o := range options() {
		if o.Section != section {
			section = o.Section
			fmt.Fprintf(&b, "\n## [%s]\n\n| option | | becomes |\n|---|---|---|\n", section)
		}
		name := "`" + o.Key + "`"
		for i, old := range o.Old {
			if i == 0 {
				name += ", once "
			} else {
				name += ", "
			}
			name += "`" + old.Key + "`"
			if old.Section != o.Section {
				name += " in `[" + old.Section + "]`"
			}
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", name, o.Verdict, o.Note)
	}
	return b.String()
}

// No option stands twice, and every one has a note.
func TestOptions(t *testing.T) {
	seen := map[string]bool{}
	for _, o := range options() {
		if seen[o.String()] || o.Note == "" || o.Section == "" {
			t.Errorf("%s", o.Name)
		}
		seen[o.String()] = true
	}
}

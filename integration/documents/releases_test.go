package documents

import (
	"os"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/dbbackend/release"
)

// docs/releases.md has the table of the releases as the program has it, and names
// every state.
func TestReleases(t *testing.T) {
	text, err := os.ReadFile("../../docs/releases.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "\n"+release.Markdown()+"\n") {
		t.Errorf("docs/releases.md lacks this table:\n%s", release.Markdown())
	}
	for _, k := range release.Kinds {
		s := release.State{Kind: k}
		reads, writes := "no, 503", "no"
		if s.Readable() {
			reads, writes = "yes", "with `allow_unknown_schema`"
		}
		if s.Writable(false) {
			writes = "yes"
		}
		if !strings.Contains(string(text), "\n| `"+string(k)+"` |") || !strings.Contains(row(string(text), string(k)), "| "+reads+" | "+writes+" |") {
			t.Errorf("docs/releases.md is wrong about the state %s: reads %s, writes %s", k, reads, writes)
		}
	}
}

func row(text, kind string) string {
	_, rest, _ := strings.Cut(text, "\n| `"+kind+"` |")
	line, _, _ := strings.Cut(rest, "\n")
	return line
}

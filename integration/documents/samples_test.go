package documents

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/glancegate/glancegate/integration/servers"
)

func TestMain(m *testing.M) { servers.Main(m) }

// manuals are the documents that users and developers read, without the protocol
// reference.
func manuals(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(root, "docs/*.md"))
	if err != nil || len(found) < 10 {
		t.Fatalf("%d documents, %v", len(found), err)
	}
	for _, name := range []string{"README.md", "CONTRIBUTING.md", "CHANGELOG.md"} {
		found = append(found, filepath.Join(root, name))
	}
	return found
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// sample is a code block of a document.
type sample struct {
	line           int
	language, text string
}

// samples are the code blocks of a document in the given languages.
func samples(t *testing.T, path string, languages ...string) (found []sample) {
	t.Helper()
	var open *sample
	for n, line := range strings.Split(read(t, path), "\n") {
		language, fence := strings.CutPrefix(line, "```")
		switch {
		case fence && open == nil:
			open = &sample{line: n + 1, language: language}
		case fence:
			for _, wanted := range languages {
				if open.language == wanted {
					found = append(found, *open)
				}
			}
			open = nil
		case open != nil:
			open.text += line + "\n"
		}
	}
	return found
}

// codeSpan is text between single backquotes. Documents double them around texts
// with backquotes.
var codeSpan = regexp.MustCompile("``([^`]+(?:`[^`]+)*)``|`([^`]+)`")

// codeSpans are the texts between backquotes in a line.
func codeSpans(line string) (found []string) {
	for _, m := range codeSpan.FindAllStringSubmatch(line, -1) {
		found = append(found, m[1]+m[2])
	}
	return found
}

// literals are the texts of the program's code, one after the other. Texts that
// are added up with + are one.
var literals = sync.OnceValues(func() (string, error) {
	var all strings.Builder
	err := filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if name := entry.Name(); name == "integration" || name == "testdata" || name == ".git" {
				return filepath.SkipDir
			}
			return nil
		}
		if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(node ast.Node) bool {
			switch node := node.(type) {
			case *ast.BinaryExpr:
				text := added(node)
				if text != "" {
					all.WriteString(text + "\n")
				}
			case *ast.BasicLit:
				if text, err := strconv.Unquote(node.Value); err == nil && node.Kind == token.STRING {
					all.WriteString(text + "\n")
				}
			}
			return true
		})
		return nil
	})
	return all.String(), err
})

// added is the text that an expression adds up, with a space in place of what is
// no literal.
func added(node ast.Expr) string {
	switch node := node.(type) {
	case *ast.BinaryExpr:
		if node.Op == token.ADD {
			return added(node.X) + added(node.Y)
		}
	case *ast.BasicLit:
		if text, err := strconv.Unquote(node.Value); err == nil && node.Kind == token.STRING {
			return text
		}
	}
	return ""
}

// inCode reports whether the program has a text.
func inCode(t *testing.T, text string) bool {
	t.Helper()
	all, err := literals()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Contains(all, text)
}

package documents

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// repositoryPath is a text that names a file or a folder of the repository.
var repositoryPath = regexp.MustCompile(`^[a-z][A-Za-z0-9_.-]*(/[A-Za-z0-9_.-]+)+$`)

// The files in the table "I want to change" exist, and declare the names behind
// them.
func TestChanges(t *testing.T) {
	_, table, _ := strings.Cut(read(t, root+"/docs/architecture.md"), "\n| I want to change | open |\n")
	rows := 0
	for line := range strings.Lines(table) {
		cells := strings.Split(line, "|")
		if len(cells) != 4 {
			break
		}
		if strings.HasPrefix(cells[1], "-") {
			continue
		}
		rows++
		for place := range strings.SplitSeq(cells[2], ";") {
			spans := codeSpans(place)
			if len(spans) == 0 || !repositoryPath.MatchString(spans[0]) {
				t.Errorf("no file in %q", place)
				continue
			}
			declared := declarations(t, spans[0])
			for _, name := range spans[1:] {
				if !declared[name] {
					t.Errorf("%s declares no %s", spans[0], name)
				}
			}
		}
	}
	if rows < 20 {
		t.Errorf("the table has only %d rows", rows)
	}
}

// declarations are the functions, methods, types, variables and constants of a Go
// file; other files and folders only have to exist.
func declarations(t *testing.T, path string) map[string]bool {
	t.Helper()
	path = filepath.Join(root, path)
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
		return nil
	}
	declared := map[string]bool{}
	if filepath.Ext(path) != ".go" {
		return declared
	}
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	for _, declaration := range file.Decls {
		switch declaration := declaration.(type) {
		case *ast.FuncDecl:
			declared[declaration.Name.Name] = true
		case *ast.GenDecl:
			for _, spec := range declaration.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					declared[spec.Name.Name] = true
				case *ast.ValueSpec:
					for _, name := range spec.Names {
						declared[name.Name] = true
					}
				}
			}
		}
	}
	return declared
}

// sourceFile is a text that names a file of the repository by its ending.
var sourceFile = regexp.MustCompile(`^[a-z.][A-Za-z0-9_.-]*(/[A-Za-z0-9_.*-]+)+\.(go|json|sh|txt|md|svg|sql)$`)

// Every file of the repository that a document names exists.
func TestFilesAreThere(t *testing.T) {
	for _, document := range manuals(t) {
		for n, line := range prose(t, document) {
			for _, span := range codeSpans(line) {
				if sourceFile.MatchString(span) {
					if found, err := filepath.Glob(filepath.Join(root, span)); err != nil || len(found) == 0 {
						t.Errorf("%s:%d: there is no %s", document, n+1, span)
					}
				}
			}
		}
	}
}

package documents

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

// module is the path of the module.
const module = "github.com/glancegate/glancegate"

// graph has the nodes to which each node has an edge.
type graph map[string][]string

// imports is which packages of the module import which others, by their paths in
// the module; the root package is ".". Tests do not count.
func imports(t *testing.T) graph {
	t.Helper()
	list := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	list.Dir = root
	output, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	found := graph{}
	for decoder := json.NewDecoder(bytes.NewReader(output)); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			return found
		}
		if err != nil {
			t.Fatalf("go list: %v", err)
		}
		name := inModule(p.ImportPath)
		found[name] = nil
		for _, imported := range p.Imports {
			if strings.HasPrefix(imported+"/", module+"/") {
				found[name] = append(found[name], inModule(imported))
			}
		}
	}
}

// inModule is the path of a package in the module.
func inModule(importPath string) string {
	return path.Join(".", strings.TrimPrefix(strings.TrimPrefix(importPath, module), "/"))
}

// folder is the part of the picture to which a package belongs: its first folder,
// and below the module's own "internal" the package itself.
func folder(name string) string {
	first, _, _ := strings.Cut(name, "/")
	if first == "internal" {
		return name
	}
	return first
}

// within is the part of a graph between the nodes that keep takes.
func (g graph) within(keep func(string) bool) graph {
	part := graph{}
	for node, targets := range g {
		if keep(node) {
			part[node] = slices.DeleteFunc(slices.Clone(targets), func(target string) bool { return !keep(target) })
		}
	}
	return part
}

// byFolder is the graph of the folders.
func (g graph) byFolder() graph {
	folders := graph{}
	for node, targets := range g {
		from := folder(node)
		folders[from] = slices.Clip(folders[from])
		for _, target := range targets {
			if to := folder(target); to != from && !slices.Contains(folders[from], to) {
				folders[from] = append(folders[from], to)
			}
		}
	}
	for _, targets := range folders {
		slices.Sort(targets)
	}
	return folders
}

// nodes are the nodes in the order of their names.
func (g graph) nodes() []string { return slices.Sorted(maps.Keys(g)) }

// reaches reports whether a path leads from a node to another one.
func (g graph) reaches(from, to string) bool {
	seen := map[string]bool{}
	var visit func(string) bool
	visit = func(node string) bool {
		if seen[node] {
			return false
		}
		seen[node] = true
		return slices.Contains(g[node], to) || slices.ContainsFunc(g[node], visit)
	}
	return visit(from)
}

// reduced is the graph without the edges that a longer path makes too.
func (g graph) reduced() graph {
	fewer := graph{}
	for node, targets := range g {
		fewer[node] = slices.DeleteFunc(slices.Clone(targets), func(target string) bool {
			return slices.ContainsFunc(targets, func(between string) bool {
				return between != target && g.reaches(between, target)
			})
		})
		slices.Sort(fewer[node])
	}
	return fewer
}

// rows sorts the nodes into rows, so that all edges lead to a later row: a node is
// as low as what it has edges to allows. A cycle is an error.
func (g graph) rows(t *testing.T) [][]string {
	t.Helper()
	heights := map[string]int{}
	var height func(node string, above []string) int
	height = func(node string, above []string) int {
		if slices.Contains(above, node) {
			t.Fatalf("folders import each other in a circle: %s", strings.Join(append(above, node), " -> "))
		}
		if known, ok := heights[node]; ok {
			return known
		}
		h := 0
		for _, target := range g[node] {
			h = max(h, height(target, append(slices.Clone(above), node))+1)
		}
		heights[node] = h
		return h
	}
	top := 0
	for node := range g {
		top = max(top, height(node, nil))
	}
	rows := make([][]string, top+1)
	for _, node := range g.nodes() {
		rows[top-heights[node]] = append(rows[top-heights[node]], node)
	}
	return rows
}

// docs/architecture.md names every package.
func TestPackagesAreNamed(t *testing.T) {
	text, err := os.ReadFile("../../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range imports(t).nodes() {
		known := func(short string) bool { return strings.Contains(string(text), "`"+short+"`") }
		if name != "." && !known(name) && !known(path.Base(name)) && !known(strings.TrimPrefix(name, "integration/")) {
			t.Errorf("docs/architecture.md does not name %s", name)
		}
	}
}

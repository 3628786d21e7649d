// Package authorization tests that docs/authorization.md is true and complete.
package authorization

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/registry/rest"
	"github.com/glancegate/glancegate/registry/rpc"
)

func TestMain(m *testing.M) { registrytest.Main(m) }

// Everybody tries everything, and gets what the document says.
func TestRights(t *testing.T) {
	rights, err := readRights()
	if err != nil {
		t.Fatal(err)
	}
	servers.EachDatabase(t, func(t *testing.T, db *servers.Database) {
		s := newScene(t, db)
		for _, r := range rights {
			p, ok := probeOf(r.String())
			if !ok {
				continue // TestDocumentIsComplete reports it
			}
			for identity, cell := range r.cells {
				for hardened, want := range map[bool]outcome{false: cell.standard, true: cell.hardened} {
					a := s.try(r.name, p, identities[identity](), hardened)
					if got := a.outcome(p); got != want {
						t.Errorf("%s, %s, harden %v: %s, the document says %s\n%s", r, identity, hardened, got, want, a)
					}
				}
			}
		}
	})
}

// The document has every command and every route, and nothing that is not tried
// out.
func TestDocumentIsComplete(t *testing.T) {
	rights, err := readRights()
	if err != nil {
		t.Fatal(err)
	}
	missing := map[string]bool{}
	for _, command := range rpc.CommandNames() {
		missing[command] = true
	}
	for _, route := range rest.RouteNames() {
		missing[route] = true
	}
	written := map[string]bool{}
	for _, r := range rights {
		if written[r.String()] {
			t.Errorf("%s is there twice", r)
		}
		written[r.String()] = true
		p, ok := probeOf(r.String())
		if !ok {
			t.Errorf("nothing tries out %s", r)
		}
		delete(missing, r.name)
		delete(missing, p.route(r.name))
	}
	for name := range missing {
		t.Errorf("no row is about %s", name)
	}
	for what := range probes {
		if !written[what] {
			t.Errorf("no row says who may %s", what)
		}
	}
}

// document is the text that operators read, and that is checked here.
const document = "../../docs/authorization.md"

// right is one thing that a client can ask for, and what comes of it by who
// asks. A row of a table can have several commands, each of which is a right.
type right struct {
	name  string            // of a command, or method and path of a route
	what  string            // the second column
	cells map[string]ruling // by identity
}

func (r right) String() string { return r.name + ": " + r.what }

// ruling is a cell: what happens by default, and what with harden.
type ruling struct{ standard, hardened outcome }

// outcome is a word of a cell. The document explains them.
type outcome string

const (
	yes    outcome = "yes"
	no     outcome = "no"
	shown  outcome = "shown"
	hidden outcome = "hidden"
	late   outcome = "late"
)

var outcomes = []outcome{yes, no, shown, hidden, late}

// readRights reads the tables of the document whose last columns are identities.
func readRights() ([]right, error) {
	f, err := os.Open(document)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var rights []right
	var header []string // of the table that is being read; nil: of no interest
	lines := bufio.NewScanner(f)
	for before := false; lines.Scan(); {
		inTable := strings.HasPrefix(lines.Text(), "|")
		cells := cellsOf(lines.Text())
		switch {
		case !inTable:
			header = nil
		case !before && len(cells) > 2 && identities[cells[2]] != nil:
			header = cells
		case header != nil && !strings.HasPrefix(cells[0], "-"):
			r, err := rightOf(header, cells)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", lines.Text(), err)
			}
			for name := range strings.SplitSeq(cells[0], ", ") {
				r.name = strings.Trim(name, "`")
				rights = append(rights, r)
			}
		}
		before = inTable
	}
	return rights, lines.Err()
}

func cellsOf(line string) []string {
	cells := strings.Split(strings.Trim(line, "|"), "|")
	for n := range cells {
		cells[n] = strings.TrimSpace(cells[n])
	}
	return cells
}

func rightOf(header, cells []string) (right, error) {
	if len(cells) != len(header) {
		return right{}, fmt.Errorf("%d cells under %d headings", len(cells), len(header))
	}
	r := right{what: cells[1], cells: map[string]ruling{}}
	for n := 2; n < len(cells); n++ {
		standard, hardened, differ := strings.Cut(cells[n], " / ")
		if !differ {
			hardened = standard
		}
		cell := ruling{outcome(standard), outcome(hardened)}
		if identities[header[n]] == nil || !slices.Contains(outcomes, cell.standard) || !slices.Contains(outcomes, cell.hardened) {
			return right{}, fmt.Errorf("cell %q under %q", cells[n], header[n])
		}
		r.cells[header[n]] = cell
	}
	return r, nil
}

// Package authorization tests that docs/authorization.md is true and complete.
package authorization

import (
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
				continue // TestDocumentIsComplete tells
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

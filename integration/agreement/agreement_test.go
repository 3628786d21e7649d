// Package agreement tests that the three databases, and the two APIs, agree:
// whatever requests a client sends, it can't tell from the answers which database
// is behind the gateway.
//
// Requests use only what means the same everywhere: texts in ASCII and of one
// case, whole seconds, and orders without nulls.
package agreement

import (
	"flag"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/registry/rpc"
)

func TestMain(m *testing.M) { registrytest.Main(m) }

// few lowers how many sequences a test runs, unless -rapid.checks says otherwise.
func few(t *testing.T, sequences int) {
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		_ = flag.Set(f.Name, strconv.Itoa(sequences))
		t.Cleanup(func() { _ = flag.Set(f.Name, f.DefValue) })
	}
}

// Commands get the same answers, and both APIs show the same images.
func TestDatabasesAgree(t *testing.T) {
	few(t, 12)
	e := newEnsemble(t)
	for name, commands := range groups {
		t.Run(name, func(t *testing.T) {
			e.t = t
			rapid.Check(t, func(t *rapid.T) {
				e.restart(t)
				actions := map[string]func(*rapid.T){}
				for command, kwargs := range commands {
					actions[command] = func(t *rapid.T) { e.run(t, command, kwargs(t)) }
				}
				if name == "images" {
					actions["v1 shows the same"] = e.compareImage
					actions["v1 lists the same"] = e.compareLists
				}
				t.Repeat(actions)
			})
		})
	}
}

// groups are commands that have something to do with each other.
var groups = map[string]map[string]func(*rapid.T) object{
	"images":   imageCommands,
	"tasks":    taskCommands,
	"metadefs": metadefCommands,
}

// Every command takes part.
func TestEveryCommandIsRun(t *testing.T) {
	var names []string
	for _, commands := range groups {
		for name := range commands {
			names = append(names, name)
		}
	}
	all := rpc.CommandNames()
	slices.Sort(all)
	slices.Sort(names)
	if !slices.Equal(names, all) {
		t.Errorf("run are\n%s\nthere are\n%s", names, all)
	}
}

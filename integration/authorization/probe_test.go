package authorization

import (
	"maps"
	"strings"

	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/rpctest"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/rest"
)

type object = rpctest.Object

// probe tries out one row of the tables.
type probe struct {
	// kwargs are the arguments of the command that the row names, by who asks.
	kwargs func(*access.Caller) object

	// body is that of the request where the row is about registry v1.
	path string
	body object

	// reads says that the rows of the database stay as they are. Otherwise a
	// success has to change some.
	reads bool

	// shows is what the answer contains where it counts as shown. Such a probe
	// reads.
	shows string

	// fails is an exception that counts as a refusal, too.
	fails string

	// namedPeer makes the request come from a peer that the configuration names.
	namedPeer bool
}

// route is the name of the route that a probe of registry v1 takes.
func (p probe) route(name string) string {
	method, _, isRoute := strings.Cut(name, " ")
	path, _, _ := strings.Cut(p.path, "?")
	if !isRoute {
		return ""
	}
	return rest.Match(method, path).Name
}

// given are arguments that are the same for everybody.
func given(kwargs object) func(*access.Caller) object {
	return func(*access.Caller) object { return kwargs }
}

// probes are by what the first two columns of the tables say.
var probes = union(imageProbes, childProbes, memberProbes, taskProbes, namespaceProbes, definitionProbes, resourceTypeProbes, v1Probes)

// probeOf is the probe of a row. One that asks what a named peer may do does what
// the row without that does.
func probeOf(row string) (probe, bool) {
	if p, ok := probes[row]; ok {
		return p, true
	}
	row, fromPeer := strings.CutSuffix(row, ", from a named peer")
	p, ok := probes[row]
	p.namedPeer = true
	return p, ok && fromPeer
}

func union(tables ...map[string]probe) map[string]probe {
	all := map[string]probe{}
	for _, table := range tables {
		maps.Copy(all, table)
	}
	return all
}

// The projects. Images, tasks and namespaces belong to the first, unless their
// names say otherwise.
const (
	owning   = "t-owner"
	accepted = "t-accepted" // member of the owner's images
	pending  = "t-pending"  // has not answered yet
	other    = "t-other"
)

// identities are the columns of the tables: who asks.
var identities = map[string]func() *access.Caller{
	"admin":           registrytest.Admin,
	"owner":           func() *access.Caller { return registrytest.Member(owning) },
	"accepted member": func() *access.Caller { return registrytest.Member(accepted) },
	"pending member":  func() *access.Caller { return registrytest.Member(pending) },
	"other project":   func() *access.Caller { return registrytest.Member(other) },
	"no project":      registrytest.Unscoped,
	"anonymous":       func() *access.Caller { return &access.Caller{ReadOnly: true} },
}

// own is the project of a caller as a value of a column.
func own(c *access.Caller) any {
	if !c.Owner.Valid {
		return nil
	}
	return c.Owner.V
}

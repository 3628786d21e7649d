package properties

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/glancegate/glancegate/integration/registrytest"
)

// TestDatabasesAgree sends the same random requests to registry v1 on every
// kind of database.
func TestDatabasesAgree(t *testing.T) {
	nodes := eachNode(t)
	kinds := rapid.SampledFrom(slices.Sorted(maps.Keys(operations)))
	rapid.Check(t, func(rt *rapid.T) {
		for _, n := range nodes {
			n.empty(t)
		}
		agree := func(o operation) {
			want := o.on(nodes[0])
			for _, n := range nodes[1:] {
				if got := o.on(n); got != want {
					rt.Fatalf("%s\n%s: %s\n%s: %s", o, nodes[0].dialect, want, n.dialect, got)
				}
			}
		}
		// Something to work on, shared with somebody.
		for _, kind := range []string{"create", "create", "create", "create", "set member", "set member", "set member"} {
			o := operations[kind](rt)
			o.caller = registrytest.Admin()
			agree(o)
		}
		for range rapid.IntRange(0, 30).Draw(rt, "requests") {
			o := operations[kinds.Draw(rt, "operation")](rt)
			o.caller = callers.Draw(rt, "caller")
			agree(o)
		}
		// What everybody sees in the end.
		for _, project := range []string{"t-a", "t-b", "t-c"} {
			agree(operation{request: "GET /images/detail", caller: registrytest.Member(project)})
		}
		agree(operation{request: "GET /images/detail", caller: registrytest.Unscoped()})
		agree(operation{request: "GET /images/detail?is_public=none&changes-since=2019", caller: registrytest.Admin()})
	})
}

package properties

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
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
		for range rapid.IntRange(1, 30).Draw(rt, "requests") {
			o := operations[kinds.Draw(rt, "operation")](rt)
			o.caller = callers.Draw(rt, "caller")
			want := o.on(nodes[0])
			for _, n := range nodes[1:] {
				if got := o.on(n); got != want {
					rt.Fatalf("%s\n%s: %s\n%s: %s", o, nodes[0].dialect, want, n.dialect, got)
				}
			}
		}
	})
}

package conformance

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/glancegate/glancegate/integration/servers"
)

// compareChanges lists the differences between recorded changes and those seen.
// After a crash of the original nothing need have changed.
func compareChanges(want, have Changes, afterCrash bool) []string {
	if afterCrash && len(have) == 0 {
		return nil
	}
	all := maps.Clone(have)
	maps.Copy(all, want)
	var found []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		for _, difference := range compareTable(want[name], have[name]) {
			found = append(found, "database "+name+": "+difference)
		}
	}
	return found
}

// compareTable compares the changes of one table, both sorted.
func compareTable(want, have []any) []string {
	if same(want, have) {
		return nil
	}
	missing, extra := subtract(want, have), subtract(have, want)
	if len(missing) == 0 && len(extra) == 0 {
		return []string{fmt.Sprintf("same changes, other counts: want %s, got %s", short(want), short(have))}
	}
	if len(missing) == 1 && len(extra) == 1 {
		d := differ{dialect: servers.MySQL}
		d.compare("", missing[0], extra[0])
		return []string{strings.Join(d.found, "; ")}
	}
	var found []string
	for _, c := range missing {
		found = append(found, "missing change "+short(c))
	}
	for _, c := range extra {
		found = append(found, "unexpected change "+short(c))
	}
	return found
}

// subtract is the items of a list that do not occur in another.
func subtract(list, other []any) []any {
	return slices.DeleteFunc(slices.Clone(list), func(x any) bool {
		return slices.ContainsFunc(other, func(y any) bool { return same(x, y) })
	})
}

package conformance

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/glancegate/glancegate/integration/servers"
)

// maxDifferences is where a differ stops looking.
const maxDifferences = 12

// differ collects the differences between two values.
type differ struct {
	dialect servers.Kind
	found   []string
}

func (d *differ) add(path, format string, args ...any) {
	if path == "" {
		path = "/"
	}
	d.found = append(d.found, path+": "+fmt.Sprintf(format, args...))
}

// compare adds the differences between the values at a path.
func (d *differ) compare(path string, want, have any) {
	if len(d.found) > maxDifferences {
		return
	}
	if isRPCError(want) {
		d.compareError(path, want, have)
		return
	}
	if class(want) != class(have) {
		d.add(path, "want %s, got %s", short(want), short(have))
		return
	}
	switch want := want.(type) {
	case map[string]any:
		d.compareObjects(path, want, have.(map[string]any))
	case []any:
		have := have.([]any)
		if len(want) != len(have) {
			d.add(path, "want %d items, got %d: want %s, got %s", len(want), len(have), short(want), short(have))
			return
		}
		for i := range want {
			d.compare(fmt.Sprintf("%s/%d", path, i), want[i], have[i])
		}
	default:
		if !same(want, have) && !d.keepsFraction(want, have) {
			d.add(path, "want %s, got %s", short(want), short(have))
		}
	}
}

func (d *differ) compareObjects(path string, want, have map[string]any) {
	keys := slices.Sorted(maps.Keys(want))
	for k := range have {
		if _, ok := want[k]; !ok {
			keys = append(keys, k)
		}
	}
	for _, k := range keys {
		w, wanted := want[k]
		h, there := have[k]
		switch {
		case !there:
			d.add(path+"/"+k, "missing, want %s", short(w))
		case !wanted:
			d.add(path+"/"+k, "unexpected %s", short(h))
		default:
			d.compare(path+"/"+k, w, h)
		}
	}
}

// compareError takes any error for an accident inside the original. Clients raise
// the others again by their class, so those must agree.
func (d *differ) compareError(path string, want, have any) {
	object, _ := have.(map[string]any)
	_, isError := object["_error"].(map[string]any)
	switch {
	case !isError:
		d.add(path, "want an error %s, got %s", short(want), short(have))
	case !isRPCCrash(want) && !same(want, have):
		d.add(path, "want %s, got %s", short(want), short(have))
	}
}

// keepsFraction allows for the fraction of a second in a time of now, which
// PostgreSQL and SQLite keep and MariaDB does not.
func (d *differ) keepsFraction(want, have any) bool {
	w, isText := want.(string)
	if !isText || d.dialect == servers.MySQL || !strings.HasPrefix(w, "<now:") {
		return false
	}
	w = strings.ReplaceAll(w, "<now:seconds", "<now:micros")
	w = strings.ReplaceAll(w, "<now:micros0", "<now:micros")
	return have == w
}

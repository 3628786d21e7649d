package agreement

import (
	"maps"
	"slices"
	"time"

	"pgregory.net/rapid"
)

// pick draws one of a few values, the first ones more often than the others.
func pick[T any](t *rapid.T, label string, values ...T) T {
	return rapid.SampledFrom(values).Draw(t, label)
}

// optional are arguments of which some are there.
func optional(t *rapid.T, all object) object {
	some := object{}
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if rapid.Bool().Draw(t, "with "+key) {
			some[key] = all[key]
		}
	}
	return some
}

// moment is a time near the clock, as it is on the wire.
func moment(t *rapid.T, label string) object {
	at := start.Add(time.Duration(rapid.IntRange(-2, 40).Draw(t, label)) * time.Second)
	return object{"_type": "datetime", "_value": at.Format("2006-01-02T15:04:05")}
}

func drawRow(t *rapid.T, kind string) row {
	return row{kind, rapid.IntRange(0, 3).Draw(t, kind)}
}

// Package compat knows the releases of the old service, whose answers differ in
// places. A release is named in lower case; the empty name is Train, the last
// one that had a registry.
package compat

import "slices"

// Releases are in their order.
var Releases = []string{"mitaka", "newton", "ocata", "pike", "queens", "rocky", "stein", "train"}

// Known reports whether there is a release of that name.
func Known(release string) bool { return slices.Contains(Releases, release) }

// Before reports whether a release came before another one.
func Before(release, other string) bool { return age(release) < age(other) }

func age(release string) int {
	if n := slices.Index(Releases, release); n >= 0 {
		return n
	}
	return len(Releases) - 1
}

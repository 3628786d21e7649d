// Package compat knows the releases of the old service, whose answers differ in
// places.
package compat

import "slices"

// Release is a release of the old service. Releases are compared as numbers. The
// zero value is Train, the last release that had a registry.
type Release int8

// The releases, in their order.
const (
	Mitaka Release = iota - 7
	Newton
	Ocata
	Pike
	Queens
	Rocky // the last one on Python 2
	Stein
	Train
)

// Names are the names of the releases, in their order.
var Names = []string{"mitaka", "newton", "ocata", "pike", "queens", "rocky", "stein", "train"}

// Parse finds a release by its name. The empty name is Train; an unknown one is
// not ok.
func Parse(name string) (r Release, ok bool) {
	n := slices.Index(Names, name)
	if n < 0 {
		return Train, name == ""
	}
	return Mitaka + Release(n), true
}

// String is the name of the release.
func (r Release) String() string { return Names[r-Mitaka] }

// Python2 reports whether the registry of the release ran on Python 2.
func (r Release) Python2() bool { return r < Stein }

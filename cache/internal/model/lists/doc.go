// Package lists has a model of cached lists, small enough to try every order of events:
// one image, which a change makes appear in a list or disappear from it, a gateway with
// the record of the image and the list, a reader of each, and the report of the
// change. Its tests show that no list is old once the change was reported, and that each of
// the rules is needed.
//
// The names are those of the code: changes are noted and settled in cache/invalidate.go,
// and cache/reach.go looks at the records of what has changed.
package lists

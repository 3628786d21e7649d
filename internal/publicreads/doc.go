// Package publicreads keeps answers of glance-api to reads of metadata, and gives
// them again to the same identity while nothing that they depend on has changed. It
// makes no answer of its own.
//
// An answer is kept only if it agrees with the gateway's own record of the images
// that it shows, which proves it fresh, whichever node gave it and whatever that
// node's database lags behind. docs/public-reads.md says what is promised.
package publicreads

//go:build race

package cache_test

// The race detector makes everything about ten times slower.
func init() { scanned = 200_000 }

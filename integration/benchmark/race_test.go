//go:build race

package benchmark

// The race detector lets a sync.Pool drop a quarter of what is put back.
func init() { droppedByPools = 1.5 }

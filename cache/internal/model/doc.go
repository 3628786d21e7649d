// Package model has a model of the cache, small enough to try every order of
// events: one image, one change of it, two gateways with a reader each, the tier
// in each gateway and the one in Redis. Its tests show that the protocol never
// keeps an old value or returns it too late, and that each of its rules is needed:
// without any one of them the model finds a failure.
//
// A feed may also lag, such as that of a node that lags or was expelled, or miss
// changes without noticing. Two seconds after the change was acknowledged, no reader
// may get the old row; the model has that moment as its only time.
//
// The names are those of the code: leases are in cache/internal/local, tokens in
// cache/internal/shared, blocks in cache/block.go, checks in dbbackend/feed.
package model

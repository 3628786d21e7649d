// Package model has a model of the cache, small enough to try every order of
// events: one image, one change of it, two gateways with a reader each, the tier
// in each gateway and the one in Redis. Its tests show that the protocol never
// lets an old value stay or be read too late, and that each of its rules is
// needed: without any one of them the model finds a way to go wrong.
//
// A feed may also be alive and behind, as one of a node that lags or was expelled,
// or hear nothing and not notice. Two seconds after the change was acknowledged,
// no reader may get the old row; time is in the model as that moment.
//
// The names are those of the code: leases are cache/local, tokens are
// cache/internal/shared, blocks are cache/block.go, looks are dbbackend/feed.
package model

package cache

import (
	"github.com/glancegate/glancegate/cache/internal/codec"
	"github.com/glancegate/glancegate/cache/internal/shared"
)

// Redis configures the tier in Redis. Gateways with the same prefix share what
// is there.
type Redis = shared.Config

// RedisStatus is the state of that tier.
type RedisStatus = shared.Status

// RedisEvents is what happens in that tier, for logs and metrics.
type RedisEvents = shared.Events

// Format names the encoding of values in Redis. Gateways with different ones
// share nothing.
const Format = codec.Format

package cache

import (
	"github.com/glancegate/glancegate/cache/internal/codec"
	"github.com/glancegate/glancegate/cache/internal/shared"
)

// Redis configures the tier in Redis. Gateways with the same prefix share its values.
type Redis = shared.Config

// RedisStatus is the state of that tier.
type RedisStatus = shared.Status

// RedisEvents is notified of events in that tier, for logs and metrics.
type RedisEvents = shared.Events

// Format is the encoding of values in Redis. Gateways with different formats must not
// share a prefix.
const Format = codec.Format

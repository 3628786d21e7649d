package shared

import (
	"encoding/binary"
	"time"
)

// Values have a header in front: the version of the format, the TTL in
// milliseconds that the value had when it was stored, the epoch, and the token
// of the group. All of it is sealed.
const (
	version      = 1
	headerLength = 1 + 8 + 2*len(token{})
)

type header struct {
	ttl   time.Duration
	epoch token
	group token
}

func (h header) append(dst []byte) []byte {
	dst = append(dst, version)
	dst = binary.BigEndian.AppendUint64(dst, uint64(h.ttl.Milliseconds()))
	dst = append(dst, h.epoch[:]...)
	return append(dst, h.group[:]...)
}

// parseHeader splits a value; ok is false for what is none of this version.
func parseHeader(value []byte) (h header, rest []byte, ok bool) {
	if len(value) < headerLength || value[0] != version {
		return h, nil, false
	}
	h.ttl = time.Duration(binary.BigEndian.Uint64(value[1:])) * time.Millisecond
	copy(h.epoch[:], value[9:])
	copy(h.group[:], value[9+len(token{}):])
	return h, value[headerLength:], h.ttl > 0
}

package shared

import (
	"encoding/binary"
	"time"
)

// Values have a header: the version of the format, the mark, the epoch, and the token
// of the group. All of it is sealed.
//
// The mark gives the age of a value by the clock of Redis: it is the remaining TTL of
// the group, in milliseconds, when the database was read. The TTL of the value's own
// key begins later, when the value arrives.
const (
	version      = 1
	headerLength = 1 + 8 + 2*len(token{})
)

type header struct {
	mark  time.Duration
	epoch token
	group token
}

func (h header) append(dst []byte) []byte {
	dst = append(dst, version)
	dst = binary.BigEndian.AppendUint64(dst, uint64(h.mark.Milliseconds()))
	dst = append(dst, h.epoch[:]...)
	return append(dst, h.group[:]...)
}

// parseHeader splits a value. It is not ok if the value has another version.
func parseHeader(value []byte) (h header, rest []byte, ok bool) {
	if len(value) < headerLength || value[0] != version {
		return h, nil, false
	}
	h.mark = time.Duration(binary.BigEndian.Uint64(value[1:])) * time.Millisecond
	copy(h.epoch[:], value[9:])
	copy(h.group[:], value[9+len(token{}):])
	return h, value[headerLength:], h.mark > 0
}

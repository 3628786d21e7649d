package jsonbody

import (
	"bytes"
	"sync"
)

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// maxPooled is the size of the largest buffer that is kept, in bytes.
const maxPooled = 64 << 10

// Borrow returns an empty buffer for Text. GiveBack takes it back when nothing refers
// to it any more.
func Borrow() *bytes.Buffer { return buffers.Get().(*bytes.Buffer) }

// GiveBack keeps a buffer for the next request.
func GiveBack(b *bytes.Buffer) {
	if b.Cap() <= maxPooled {
		b.Reset()
		buffers.Put(b)
	}
}

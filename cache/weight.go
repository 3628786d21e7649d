package cache

import (
	"unsafe"

	"github.com/glancegate/glancegate/registry/records"
)

const pageRecordSize = int64(unsafe.Sizeof(pageRecord{})) + 16

// weigh estimates the memory of a packed record, in bytes, of which its texts have some.
func weigh(i *records.Image, texts int) int64 {
	return block(int64(unsafe.Sizeof(*i))) + block(int64(unsafe.Sizeof(records.Forms{}))) + block(int64(len(i.ID))) + block(int64(texts)) +
		items(i.Properties) + items(i.Locations) + items(i.Members) + items(i.Tags)
}

// items is the memory of a slice.
func items[T any](list []T) int64 {
	var item T
	return block(int64(cap(list)) * int64(unsafe.Sizeof(item)))
}

func texts(list ...string) (n int64) {
	for _, text := range list {
		n += block(int64(len(text)))
	}
	return n
}

// block rounds up to the size that the allocator uses. For larger blocks its size
// classes are about an eighth apart.
func block(n int64) int64 {
	switch {
	case n == 0:
		return 0
	case n <= 128:
		return (n + 15) &^ 15
	}
	return n + n/16
}

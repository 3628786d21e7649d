package cache

import (
	"unsafe"

	"github.com/glancegate/glancegate/registry/records"
)

const pageRecordSize = int64(unsafe.Sizeof(pageRecord{})) + 16

// weigh estimates the memory of a record, in bytes.
func weigh(i *records.Image) int64 {
	n := block(int64(unsafe.Sizeof(*i))) + block(int64(unsafe.Sizeof(records.Forms{})))
	n += texts(i.ID, i.Name.V, i.Status, i.Visibility, i.DiskFormat.V, i.ContainerFormat.V, i.Checksum.V, i.Owner.V,
		i.OSHashAlgo.V, i.OSHashValue.V)
	n += items(i.Properties) + items(i.Locations) + items(i.Members) + items(i.Tags)
	for k := range i.Properties {
		n += texts(i.Properties[k].Name, i.Properties[k].Value.V)
	}
	for k := range i.Locations {
		n += texts(i.Locations[k].URL, i.Locations[k].Metadata.V, i.Locations[k].Status)
	}
	for k := range i.Members {
		n += texts(i.Members[k].Member, i.Members[k].Status)
	}
	for k := range i.Tags {
		n += texts(i.Tags[k].Value)
	}
	return n
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

package records

import (
	"slices"
	"strings"
)

// Pack moves the texts of an image into one block of memory, and its children into
// blocks without room to grow. The garbage collector visits every block that is kept,
// and a record has two dozen texts. The id stays outside, as others keep it for longer
// than the image. It returns how many bytes the block has. No one else may use the image
// meanwhile.
func (i *Image) Pack() (bytes int) {
	i.Properties, i.Locations = fitting(i.Properties), fitting(i.Locations)
	i.Members, i.Tags = fitting(i.Members), fitting(i.Tags)
	i.eachText(func(text *string) { bytes += len(*text) })
	var block strings.Builder
	block.Grow(bytes) // so that it never moves
	i.eachText(func(text *string) {
		start := block.Len()
		block.WriteString(*text)
		*text = block.String()[start:]
	})
	for n := range i.Members {
		if m := &i.Members[n]; m.ImageID == i.ID {
			m.ImageID = i.ID // the same text in the same memory
		}
	}
	return bytes
}

// fitting returns a slice without room to grow.
func fitting[T any](list []T) []T {
	if len(list) == cap(list) {
		return list
	}
	return slices.Clone(list)
}

// eachText calls f with all texts of an image and its children, except for its id and
// the members' copies of it.
func (i *Image) eachText(f func(*string)) {
	for _, text := range []*string{&i.Name.V, &i.Status, &i.Visibility, &i.DiskFormat.V, &i.ContainerFormat.V,
		&i.Checksum.V, &i.Owner.V, &i.OSHashAlgo.V, &i.OSHashValue.V} {
		f(text)
	}
	for n := range i.Properties {
		f(&i.Properties[n].Name)
		f(&i.Properties[n].Value.V)
	}
	for n := range i.Locations {
		f(&i.Locations[n].URL)
		f(&i.Locations[n].Metadata.V)
		f(&i.Locations[n].Status)
	}
	for n := range i.Members {
		f(&i.Members[n].Member)
		f(&i.Members[n].Status)
	}
	for n := range i.Tags {
		f(&i.Tags[n].Value)
	}
}

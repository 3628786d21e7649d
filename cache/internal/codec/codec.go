// Package codec encodes records of images for caches outside of this process.
package codec

import (
	"github.com/fxamacker/cbor/v2"

	"github.com/glancegate/glancegate/registry/records"
)

// record is encoded without the names of its fields, to keep values small. Every
// change of the type records.Image changes the encoding and must increase Format.
type record struct {
	_     struct{} `cbor:",toarray"`
	Image records.Image
}

// Format is the version of the encoding, for the names of keys.
const Format = "1"

var (
	encoding = must(cbor.EncOptions{Time: cbor.TimeRFC3339Nano}.EncMode())
	decoding = must(cbor.DecOptions{
		UTF8:             cbor.UTF8DecodeInvalid, // the database may have invalid texts
		MaxArrayElements: 1 << 20,
	}.DecMode())
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err) // the options are constant
	}
	return v
}

// Encode encodes records.
func Encode(images []*records.Image) ([]byte, error) {
	list := make([]record, len(images))
	for n, i := range images {
		list[n].Image = *i
	}
	return encoding.Marshal(list)
}

// Decode decodes the result of Encode. Each image has memory of its own: a cache may keep
// one for longer than the others.
func Decode(text []byte) ([]*records.Image, error) {
	var list []record
	if err := decoding.Unmarshal(text, &list); err != nil {
		return nil, err
	}
	images := make([]*records.Image, len(list))
	for n := range list {
		image := list[n].Image
		images[n] = &image
	}
	return images, nil
}

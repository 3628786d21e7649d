// Package codec turns records of images into bytes and back, for caches outside
// of this process.
package codec

import (
	"github.com/fxamacker/cbor/v2"

	"github.com/glancegate/glancegate/registry/records"
)

// record has the fields of an image by their place, so that a value is small.
// Whoever changes the type records.Image changes the format: Format has to
// count up then.
type record struct {
	_     struct{} `cbor:",toarray"`
	Image records.Image
}

// Format is the version of the layout, for the names of keys.
const Format = "1"

var (
	encoding = must(cbor.EncOptions{Time: cbor.TimeRFC3339Nano}.EncMode())
	decoding = must(cbor.DecOptions{
		UTF8:             cbor.UTF8DecodeInvalid, // texts are what the database has
		MaxArrayElements: 1 << 20,
	}.DecMode())
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err) // of options that are constant
	}
	return v
}

// Encode writes records.
func Encode(images []*records.Image) ([]byte, error) {
	list := make([]record, len(images))
	for n, i := range images {
		list[n].Image = *i
	}
	return encoding.Marshal(list)
}

// Decode reads what Encode wrote.
func Decode(text []byte) ([]*records.Image, error) {
	var list []record
	if err := decoding.Unmarshal(text, &list); err != nil {
		return nil, err
	}
	images := make([]*records.Image, len(list))
	for n := range list {
		images[n] = &list[n].Image
	}
	return images, nil
}
